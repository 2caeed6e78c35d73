import { createHmac, type KeyObject } from 'node:crypto';
import { isList, isObject, type Json } from '../../model/json.ts';
import { scalarText } from '../walk/echo.ts';

/** What the digests are for, so that the key makes others for any other purpose. */
const PURPOSE = 'sallyport mask hash v1';

/**
 * A keyed digest, HMAC-SHA-256 (RFC 2104): `hash:` and hexadecimal characters. The same value has the same one for
 * every caller, a number the same as its text; without the key nobody can try values against it.
 *
 * @param length hexadecimal characters
 */
export function hash(key: KeyObject, length: number): (value: Json) => string {
  return (value) => {
    const isWhole = isList(value) || isObject(value);
    const parts = isWhole ? ['json', JSON.stringify(value)] : ['text', scalarText(value)];
    const text = JSON.stringify([PURPOSE, ...parts]);
    return `hash:${createHmac('sha256', key).update(text).digest('hex').slice(0, length)}`;
  };
}
