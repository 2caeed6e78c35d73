import { type Json, parseJson } from '../../model/json.ts';

/** A recorded message as a value; text that is no JSON, such as one that was cut, stays text. */
export function payloadValue(payload: string): Json {
  try {
    return parseJson(payload);
  } catch {
    return payload;
  }
}
