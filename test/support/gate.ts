import type { JsonObject } from '../../src/model/json.ts';
import type { Frame, RequestId } from '../../src/model/message.ts';
import type { Analyzer, Clock, Limiter, Log, Recorder, TokenStore } from '../../src/model/seams.ts';
import type { Verdict } from '../../src/pipeline/contract.ts';
import { Exchange, type ExchangeInit } from '../../src/pipeline/exchange.ts';
import { Gate } from '../../src/pipeline/gate.ts';
import type { Pins } from '../../src/pipeline/pins.ts';
import { NO_POLICIES, type Snapshot } from '../../src/pipeline/snapshot.ts';
import type { ApprovalOptions } from '../../src/pipeline/stages/hold/held-call.ts';
import type { MaskAside } from '../../src/pipeline/stages/mask-aside.ts';
import { TokenVault } from '../../src/pipeline/token/token-vault.ts';
import { decodeText } from '../../src/protocol/jsonrpc.ts';
import { targetOf } from '../../src/protocol/methods.ts';
import { Seal } from '../../src/protocol/seal.ts';
import { MemoryLimiter } from '../../src/store/memory/limiter.ts';
import { MemoryStore } from '../../src/store/memory/store.ts';
import { testContext, testKey } from './masks.ts';
import { ana, policiesOf, type RuleText } from './policies.ts';

const limits = { bytes: 8_000_000, depth: 100 };
const read = (message: object, direction: 'up' | 'down') =>
  decodeText(JSON.stringify({ jsonrpc: '2.0', ...message }), direction, limits);

export const request = (method: string, params?: JsonObject, id: RequestId = 1) =>
  read({ id, method, params }, 'up');
export const notice = (method: string, params?: JsonObject) => read({ method, params }, 'up');
export const answer = (result: JsonObject, id: RequestId = 1) => read({ id, result }, 'down');
export const failure = (message: string, data?: unknown, id: RequestId = 1) =>
  read({ id, error: { code: -32000, message, data } }, 'down');
export const asked = (method: string, params?: JsonObject, id: RequestId = 7) =>
  read({ id, method, params }, 'down');
export const told = (method: string, params?: JsonObject) => read({ method, params }, 'down');

interface Options {
  readonly recorder?: Recorder;
  readonly required?: boolean;
  readonly pins?: (log: Log) => Pins;
  readonly limiter?: Limiter;
  readonly analyzer?: Analyzer;
  readonly aside?: MaskAside;
  /** Keeps tokens; left out: they can't be put back. */
  readonly tokens?: TokenStore;
  readonly clock?: Clock;
  /** Holds what needs approval; left out: it is refused. */
  readonly approvals?: ApprovalOptions;
}

/** A gate with rules, and the store that it records in. */
const secret = new Uint8Array(32);
const seals = { state: new Seal(secret, 'state'), task: new Seal(secret, 'task') };

export class TestGate {
  readonly store = new MemoryStore();
  readonly logged: string[] = [];
  readonly gate: Gate;
  readonly snapshot: Snapshot;
  readonly #clock: Clock;
  #count = 0;

  /** @param rules none at all is no policy loaded, which is not the same as an empty one. */
  constructor(rules: readonly RuleText[] | undefined, options: Options = {}) {
    const note = (fields: object, message: string) =>
      this.logged.push(`${JSON.stringify(fields)} ${message}`);
    const log: Log = { info: note, warn: note, error: note, debug: note };
    const { recorder = this.store, required = true } = options;
    const { limiter = new MemoryLimiter({ clock: () => 1000 }) } = options;
    const { aside, pins, analyzer, tokens, clock = () => 1000, approvals } = options;
    this.#clock = clock;
    const vault = tokens && new TokenVault({ store: tokens, key: testKey, clock });
    this.gate = new Gate({
      ...{ recorder, log, required, seals, limiter, aside, analyzer, vault, approvals },
      pins: pins?.(log),
    });
    this.snapshot = rules ? { policies: policiesOf(rules), revision: 'r1' } : NO_POLICIES;
  }

  /** An exchange that begins with a frame. */
  exchange(frame: Frame, facts: Partial<ExchangeInit> = {}): Exchange {
    const { message } = frame;
    const method = 'method' in message ? message.method : 'answer';
    const target = 'method' in message ? targetOf(method, message.params).name : undefined;
    return new Exchange({
      id: `exchange-${++this.#count}`,
      snapshot: this.snapshot,
      identity: ana,
      upstream: 'db',
      session: { name: 's1', client: {} },
      method,
      clock: this.#clock,
      maskKey: testContext.key,
      ...(target === undefined ? {} : { target }),
      ...(frame.kind === 'request' && frame.direction === 'up'
        ? { requestId: frame.message.id }
        : {}),
      ...facts,
    });
  }

  /** Passes frames of one exchange, the first of which begins it. */
  async pass(first: Frame, ...more: readonly Frame[]): Promise<Verdict[]> {
    const exchange = this.exchange(first);
    const verdicts: Verdict[] = [];
    for (const frame of [first, ...more]) verdicts.push(await this.gate.pass(frame, exchange));
    return verdicts;
  }

  /** Everything that the transcript holds, as text. */
  transcript(): string {
    const exchanges = this.store.exchanges({ limit: 1000 });
    return JSON.stringify([exchanges, this.store.eventsAfter(0, 10_000)]);
  }

  kinds(exchange = 'exchange-1'): string[] {
    return this.store.events(exchange).map(({ kind }) => kind);
  }
}

/** What a verdict lets leave: a message, or undefined. */
export function leaving(verdict: Verdict | undefined): unknown {
  if (verdict?.kind === 'forward') return verdict.frame.message;
  return verdict?.kind === 'answer' ? verdict.answer : undefined;
}
