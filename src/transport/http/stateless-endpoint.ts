import { GateError } from '../../model/errors.ts';
import type { Frame, RequestFrame } from '../../model/message.ts';
import type { Conduit } from '../../pipeline/conduit.ts';
import { headers } from '../../protocol/headers.ts';
import { versionIn } from '../../protocol/meta.ts';
import type { ToolHeader } from '../../protocol/tool-headers.ts';
import type { EraEndpoint, Visit } from './endpoint.ts';
import type { KeepAlive } from './keep-alive.ts';
import { headerText } from './request-check.ts';
import { checkParams, checkRequest } from './stateless-check.ts';
import { StatelessResponse } from './stateless-response.ts';

export interface StatelessEndpointOptions {
  readonly relay: Conduit;
  readonly keepAlive: KeepAlive;
  /**
   * The headers that repeat a tool's arguments; undefined of a tool that nobody has listed yet. What comes with a call of
   * it then goes nowhere: towards upstreams all headers are made anew.
   */
  readonly toolHeaders: (upstream: string, tool: string) => readonly ToolHeader[] | undefined;
}

/** Streamable HTTP of the stateless era (2026-07-28, transports): each request stands for itself. */
export class StatelessEndpoint implements EraEndpoint {
  readonly #options: StatelessEndpointOptions;

  constructor(options: StatelessEndpointOptions) {
    this.#options = options;
  }

  async post(visit: Visit, frame: Frame): Promise<void> {
    if (frame.kind !== 'request') return notice(visit, frame);
    const head = visit.request.headers;
    checkRequest(head, frame);
    const { relay, keepAlive } = this.#options;
    const known = this.#toolHeaders(visit, frame);
    if (known) checkParams(head, frame, known);
    const client = new StatelessResponse(visit.response, keepAlive, visit.id);
    // It may have gone while its token was verified, and then it doesn't say so again.
    if (client.gone) return;
    return relay.request(visit.caller, undefined, frame, client);
  }

  #toolHeaders({ caller }: Visit, { message }: RequestFrame): readonly ToolHeader[] | undefined {
    const name = message.method === 'tools/call' ? message.params?.name : undefined;
    return typeof name === 'string' ? this.#options.toolHeaders(caller.upstream, name) : undefined;
  }
}

/**
 * Closing a stream says that its request is cancelled, so this revision has no notifications of clients over HTTP.
 * Some clients cancel by both; that is taken and means nothing.
 *
 * @throws GateError FRAME_INVALID, HEADER_MISMATCH
 */
function notice({ request, response }: Visit, { kind, message }: Frame): void {
  const version = 'method' in message ? versionIn(message.params) : undefined;
  if (version !== undefined && headerText(request.headers, headers.version) !== version) {
    const text = 'the header MCP-Protocol-Version is not what the body says';
    throw new GateError('HEADER_MISMATCH', text);
  }
  if (kind === 'notification' && message.method === 'notifications/cancelled') {
    response.writeHead(202).end();
    return;
  }
  throw new GateError('FRAME_INVALID', 'this revision has no messages of clients but requests', {
    hint: 'cancel a request by closing its stream, and answer questions in the request itself',
  });
}
