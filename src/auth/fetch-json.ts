import { isObject, type JsonObject, parseJson } from '../model/json.ts';

const MAX_BYTES = 1_048_576;
const TIMEOUT_MS = 5_000;

/** A web server answered with something else than 200. */
export class UnexpectedStatus extends Error {
  constructor(url: string, status: number) {
    super(`${url} answered ${status}`);
    this.name = 'UnexpectedStatus';
  }
}

/**
 * Gets a JSON object within 1 MiB and five seconds. Redirects are not followed: an issuer's documents
 * live where its identifier says.
 *
 * @throws UnexpectedStatus, or an error that says in its message what failed
 */
export async function fetchJson(url: string): Promise<JsonObject> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new Error(`${url} cannot be fetched: ${networkReason(error)}`, { cause: error });
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new UnexpectedStatus(url, response.status);
  }
  return parseObject(url, await boundedText(url, response));
}

async function boundedText(url: string, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the body.
    if (size > MAX_BYTES) throw new Error(`${url} answered more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseObject(url: string, text: string): JsonObject {
  const value = textToJson(url, text);
  if (!isObject(value)) throw new Error(`${url} answered JSON that is not an object`);
  return value;
}

function textToJson(url: string, text: string) {
  try {
    return parseJson(text);
  } catch {
    throw new Error(`${url} did not answer JSON`);
  }
}

/** `fetch` itself only says "fetch failed"; its cause has the code. */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS} ms`;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
