import { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { Conduit } from '../../pipeline/conduit.ts';
import { ClientResponse } from './client-response.ts';
import type { EraEndpoint, Visit } from './endpoint.ts';
import type { KeepAlive } from './keep-alive.ts';

export interface StatelessEndpointOptions {
  readonly relay: Conduit;
  readonly keepAlive: KeepAlive;
}

/** Streamable HTTP of the stateless era (2026-07-28, transports): each request stands for itself. */
export class StatelessEndpoint implements EraEndpoint {
  readonly #options: StatelessEndpointOptions;

  constructor(options: StatelessEndpointOptions) {
    this.#options = options;
  }

  async post(visit: Visit, frame: Frame): Promise<void> {
    if (frame.kind !== 'request') {
      throw new GateError('FRAME_INVALID', 'this revision has requests of clients only');
    }
    const { relay, keepAlive } = this.#options;
    const client = new ClientResponse(visit.response, keepAlive, visit.id);
    return relay.request(visit.caller, undefined, frame, client);
  }
}
