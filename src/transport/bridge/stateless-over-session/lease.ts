import type { Json } from '../../../model/json.ts';
import type { Pool } from './pool.ts';
import type { UpstreamSession } from './upstream-session.ts';

/** The use of a session, which has to be given back once. */
export class Lease {
  readonly session: UpstreamSession;
  /** What the upstream says of itself. */
  serverInfo: Json | undefined;
  readonly #pool: Pool;
  #given = false;

  constructor(pool: Pool, session: UpstreamSession) {
    this.#pool = pool;
    this.session = session;
  }

  give(): void {
    if (this.#given) return;
    this.#given = true;
    this.#pool.give(this.session);
  }
}
