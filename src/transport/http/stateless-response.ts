import type { ServerResponse } from 'node:http';
import { isObject, parseJson } from '../../model/json.ts';
import type { RequestId } from '../../model/message.ts';
import { JSON_TYPE } from '../../protocol/headers.ts';
import { rpcCodes } from '../../protocol/jsonrpc.ts';
import { ClientResponse } from './client-response.ts';
import type { KeepAlive } from './keep-alive.ts';

/** JSON-RPC errors that HTTP says too (2026-07-28, transports); others are answers like any. */
const STATUSES: ReadonlyMap<number, number> = new Map([
  [rpcCodes.methodNotFound, 404],
  [rpcCodes.headerMismatch, 400],
  [rpcCodes.missingCapability, 400],
  [rpcCodes.unsupportedVersion, 400],
]);
/** What the text of such an error has in it. */
const TELLTALE = /-32(?:601|02[012])/;

/** The HTTP response to a stateless-era request: its status depends on what the answer is. */
export class StatelessResponse extends ClientResponse {
  readonly #response: ServerResponse;

  constructor(raw: ServerResponse, keepAlive: KeepAlive, id: RequestId | null) {
    super(raw, keepAlive, id);
    this.#response = raw;
  }

  override answer(text: string): void {
    const status = this.gone || this.#response.headersSent ? 200 : statusFor(text);
    if (status === 200) return super.answer(text);
    this.#response.writeHead(status, {
      'content-type': JSON_TYPE,
      'content-length': Buffer.byteLength(text),
    });
    this.#response.end(text);
  }
}

/** Most answers have no such number in them, and are not parsed. */
function statusFor(text: string): number {
  if (!TELLTALE.test(text)) return 200;
  const answer = parseJson(text);
  const error = isObject(answer) ? answer.error : undefined;
  const code = isObject(error) ? error.code : undefined;
  return (typeof code === 'number' && STATUSES.get(code)) || 200;
}
