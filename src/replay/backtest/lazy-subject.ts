import type { ClientInfo, Identity } from '../../model/identity.ts';
import { type RequestFacts, type Subject, type Target, UNKNOWN, type Value } from '../../policy/subject.ts'; // biome-ignore format: one line says it
import type { RecordedCase } from '../recorded-case.ts';

/** What policy is asked about a recorded message, of which only that is parsed which a condition asks for. */
export class LazySubject implements Subject {
  readonly identity: Identity;
  readonly request: RequestFacts;
  readonly target: Target;
  readonly client: ClientInfo;
  readonly tool: Value;
  readonly result: Value = UNKNOWN;
  readonly #found: RecordedCase;

  constructor(found: RecordedCase) {
    this.identity = found.identity;
    this.request = found.request;
    this.target = found.target;
    this.client = found.client;
    this.tool = found.tool;
    this.#found = found;
  }

  get args(): Value {
    return this.#found.args;
  }

  get meta(): Value {
    return this.#found.meta;
  }
}
