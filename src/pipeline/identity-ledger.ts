import { hash } from 'node:crypto';
import type { ClientInfo, Identity, IdentityFacts } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';
import type { FactRecord } from '../model/transcript.ts';
import { canonical } from '../protocol/canonical.ts';

/** Characters that the claims of an identity may take in a transcript. */
const MAX_CLAIMS = 8_192;
/** Digests that are remembered as written, then forgotten at once: to write one again changes nothing. */
const MAX_REMEMBERED = 10_000;
/** The same in milliseconds: what is removed or erased meanwhile takes facts along that nothing else names. */
const REMEMBERED = 60_000;

/**
 * Claims that differ from token to token of the same caller (RFC 7519, section 4.1; OpenID Connect Core 1.0, section 2
 * and 3.3.2.11; the last three are those of Microsoft Entra). With them every renewed token would be another identity.
 */
const ofOneToken = [
  ...['exp', 'iat', 'nbf', 'jti', 'nonce', 'at_hash', 'c_hash', 's_hash'],
  ...['uti', 'aio', 'rh'],
];
/** A JWT inside a claim, such as an upstream token that an issuer passes on: whoever reads transcripts could use it. */
const TOKEN = /eyJ[\w-]{8,}\.[\w-]+\./;

const records = new WeakMap<Identity, FactRecord>();

/** Knows which identities, and other facts, are in the transcript already, so that each is written once. */
export class IdentityLedger {
  readonly #written = new Set<string>();
  #since = 0;

  /**
   * Whether a fact is to be written; from then on it counts as written.
   *
   * @param now milliseconds since the epoch
   */
  take({ digest }: FactRecord, now: number): boolean {
    const isOld = now - this.#since >= REMEMBERED;
    if (isOld || this.#written.size >= MAX_REMEMBERED) {
      this.#written.clear();
      this.#since = now;
    }
    if (this.#written.has(digest)) return false;
    this.#written.add(digest);
    return true;
  }

  /** It could not be written after all. */
  forget({ digest }: FactRecord): void {
    this.#written.delete(digest);
  }
}

/** An identity as transcripts keep it; found once for each identity. */
export function recordOf(identity: Identity): FactRecord {
  const known = records.get(identity);
  if (known) return known;
  const record = factRecord({ ...factsOf(identity) } as JsonObject);
  records.set(identity, record);
  return record;
}

const clients = new WeakMap<ClientInfo, FactRecord>();

/** What a client says of itself, as transcripts keep it; undefined where it says nothing. */
export function clientFact(client: ClientInfo): FactRecord | undefined {
  const { name, version } = client;
  if (name === undefined && version === undefined) return undefined;
  const known = clients.get(client);
  if (known) return known;
  const record = factRecord({
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  });
  clients.set(client, record);
  return record;
}

/** Facts with the digest that they are named by. */
export function factRecord(value: JsonObject): FactRecord {
  const facts = canonical(value);
  return { digest: hash('sha256', facts, 'base64url').slice(0, 32), facts };
}

function factsOf(identity: Identity): IdentityFacts {
  const sized = Object.entries(identity.claims)
    .filter(([name]) => !ofOneToken.includes(name))
    .map((entry) => ({ entry, text: JSON.stringify(entry) }))
    .filter(({ text }) => !TOKEN.test(text))
    .map(({ entry, text }) => ({ entry, size: text.length }))
    .sort((a, b) => a.size - b.size);
  let room = MAX_CLAIMS;
  const kept = sized.filter(({ size }) => {
    room -= size;
    return room >= 0;
  });
  const names = new Set(kept.map(({ entry: [name] }) => name));
  const omitted = Object.keys(identity.claims).filter((name) => !names.has(name));
  const claims = Object.fromEntries(kept.map(({ entry }) => entry));
  return { ...identity, claims, ...(omitted.length > 0 ? { omitted: omitted.sort() } : {}) };
}
