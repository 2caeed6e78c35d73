import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

const MAX_RECORDS = 10_000;

interface Row {
  readonly model: string;
  readonly payload: AdapterPayload;
  readonly until: number;
}

/** What the development issuer remembers: in memory, bounded, the oldest goes first. */
export function createDevStore(): AdapterFactory {
  const rows = new Map<string, Row>();
  return (model) => new DevStore(model, rows);
}

class DevStore implements Adapter {
  readonly #model: string;
  readonly #rows: Map<string, Row>;

  constructor(model: string, rows: Map<string, Row>) {
    this.#model = model;
    this.#rows = rows;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const until = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1e3;
    this.#rows.delete(this.#key(id));
    this.#rows.set(this.#key(id), { model: this.#model, payload, until });
    if (this.#rows.size <= MAX_RECORDS) return;
    const [oldest] = this.#rows.keys();
    if (oldest !== undefined) this.#rows.delete(oldest);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    // Sessions are forgotten, so that each login asks anew who one wants to be and nothing is granted without a click.
    if (this.#model === 'Session') return undefined;
    return this.#alive(this.#rows.get(this.#key(id)));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#search((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#search((payload) => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const row = this.#rows.get(this.#key(id));
    if (row) row.payload.consumed = Math.floor(Date.now() / 1_000);
  }

  async destroy(id: string): Promise<void> {
    this.#rows.delete(this.#key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, row] of this.#rows) {
      if (row.payload.grantId === grantId) this.#rows.delete(key);
    }
  }

  #key(id: string): string {
    return `${this.#model} ${id}`;
  }

  #alive(row: Row | undefined): AdapterPayload | undefined {
    return row && row.until > Date.now() ? row.payload : undefined;
  }

  #search(fits: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const row of this.#rows.values()) {
      if (row.model === this.#model && fits(row.payload)) return this.#alive(row);
    }
    return undefined;
  }
}
