import { type Json, parseJson } from '../model/json.ts';
import { invalid } from './presidio-answer.ts';

/** Bytes of an answer. */
const MOST_BYTES = 8 * 1_024 * 1_024;

/**
 * Reads the JSON of an answer.
 *
 * @throws GateError ANALYZER_INVALID
 */
export async function jsonIn(body: AsyncIterable<Uint8Array>): Promise<Json> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    // Leaving the loop closes the connection.
    if (bytes > MOST_BYTES) throw invalid(`more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return parseJson(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw invalid('no JSON');
  }
}
