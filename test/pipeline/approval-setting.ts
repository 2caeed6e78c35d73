import type { JsonObject } from '../../src/model/json.ts';
import type { Frame } from '../../src/model/message.ts';
import { Approvals, type Decider } from '../../src/pipeline/approval/approvals.ts';
import type { Verdict } from '../../src/pipeline/contract.ts';
import type { Exchange, ExchangeInit } from '../../src/pipeline/exchange.ts';
import type { Snapshot } from '../../src/pipeline/snapshot.ts';
import type { Waiting } from '../../src/pipeline/waiting.ts';
import { MemoryApprovals } from '../../src/store/memory/approvals.ts';
import { leaving, TestGate } from '../support/gate.ts';
import { ana, policiesOf, type RuleText } from '../support/policies.ts';

const log = { info() {}, warn() {}, error() {}, debug() {} };
export const bob: Decider = { issuer: ana.issuer, sub: 'bob', groups: ['dba'], isApprover: true };
export const stateless: Partial<ExchangeInit> = {
  session: { name: '', client: {}, protocol: '2026-07-28' },
};

interface SettingOptions {
  /** Milliseconds for which calls are held; left out: they are told to come back at once. */
  readonly wait?: number;
  /** The gate has pages for approvals. */
  readonly pages?: boolean;
  /** Approvals of another gate; left out: its own. */
  readonly store?: MemoryApprovals;
}

/** What leaves the gate: to the upstream (`params`) or to the client. */
export interface Left {
  readonly params?: JsonObject;
  readonly result?: JsonObject;
  readonly error?: { readonly code: number; readonly message: string };
}

/** Gates with approvals whose rules a test can change. */
export class Setting {
  readonly store: MemoryApprovals;
  readonly approvals: Approvals;
  readonly gate: TestGate;
  /** Milliseconds since the epoch. */
  now = 1_800_000_000_000;
  #snapshot: Snapshot;

  constructor(rules: readonly RuleText[], options: SettingOptions = {}) {
    const { wait = 0, pages = false } = options;
    const clock = () => this.now;
    this.#snapshot = { policies: policiesOf(rules), revision: 'r1' };
    const bounds = { max: 100, maxPerCaller: 100 };
    this.store = options.store ?? new MemoryApprovals({ clock, log, bounds });
    this.approvals = new Approvals({
      ...{ store: this.store, clock, log, recorder: { append: async () => {} }, channels: [] },
      demandOf: (rule) => this.#snapshot.policies?.demandOf(rule),
      revision: () => this.#snapshot.revision,
      keep: 86_400_000,
    });
    this.gate = new TestGate(rules, {
      clock,
      approvals: {
        ...{ approvals: this.approvals, wait, waitWithProgress: wait },
        snapshot: () => this.#snapshot,
        pageOf: (id) => (pages ? `https://gate.example/approvals/${id}` : undefined),
      },
    });
  }

  /** Other rules are in force from now on. */
  change(rules: readonly RuleText[]): void {
    this.#snapshot = { policies: policiesOf(rules), revision: 'r2' };
    this.approvals.policyChanged();
  }

  exchange(first: Frame, facts: Partial<ExchangeInit> = stateless): Exchange {
    const exchange = this.gate.exchange(first, { snapshot: this.#snapshot, ...facts });
    exchange.waiting = patient();
    return exchange;
  }

  /** Passes frames of one exchange, and gives what the last one lets leave. */
  async last(frames: readonly Frame[], facts?: Partial<ExchangeInit>): Promise<Left> {
    const [first] = frames;
    if (!first) throw new Error('no frame');
    const exchange = this.exchange(first, facts);
    let verdict: Verdict | undefined;
    for (const frame of frames) verdict = await this.gate.gate.pass(frame, exchange);
    return leaving(verdict) as Left;
  }

  /** Ids of the approvals that are in a state, the newest first. */
  async ids(state: 'pending' | 'granted' | 'used' | 'cancelled' = 'pending'): Promise<string[]> {
    const found = await this.approvals.list({ states: [state], limit: 100 });
    return found.map(({ id }) => id);
  }

  /** Somebody says yes to all that is pending. */
  async approveAll(): Promise<void> {
    for (const id of await this.ids()) {
      await this.approvals.decide(id, { verdict: 'approve', via: 'api' }, bob);
    }
  }
}

/** A client that stays. */
function patient(): Waiting {
  const { signal } = new AbortController();
  return { signal, gone: false, givenUp: false, open() {}, tell() {} };
}
