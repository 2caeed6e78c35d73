import type { Approval, ApprovalDemand, AskedCall } from '../../../src/model/approval.ts';
import type { ApprovalStore } from '../../../src/model/approval-store.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Log, Recorder } from '../../../src/model/seams.ts';
import type { TranscriptBatch } from '../../../src/model/transcript.ts';
import {
  type ApprovalRequest,
  Approvals,
  type Decider,
  type Verdict,
} from '../../../src/pipeline/approval/approvals.ts';
import { bindingOf } from '../../../src/pipeline/approval/binding.ts';
import { MemoryApprovals } from '../../../src/store/memory/approvals.ts';

export const MINUTE = 60_000;
export const ISSUER = 'https://issuer.test';
export const quiet: Log = { info() {}, warn() {}, error() {}, debug() {} };

export function demand(rule: string, more: Partial<ApprovalDemand> = {}): ApprovalDemand {
  return {
    ...{ rule, at: { file: 'db.yaml', line: 1, column: 1 }, by: ['group:dba'], quorum: 1 },
    ...{ expires: 15 * MINUTE, window: 10 * MINUTE, notSelf: true, breakGlass: [] },
    ...{ reasonRequired: false, ...more },
  };
}

export function decider(sub: string, more: Partial<Decider> = {}): Decider {
  return { issuer: ISSUER, sub, groups: [], isApprover: false, ...more };
}

export const dan = decider('dan', { groups: ['dba'], email: 'dan@example.com' });
export const dora = decider('dora', { groups: ['dba'], email: 'dora@example.com' });

export function call(
  more: Partial<AskedCall> = {},
  args: JsonObject = { sql: 'drop x' },
): AskedCall {
  return {
    caller: { issuer: ISSUER, sub: 'ann', email: 'ann@example.com' },
    ...{ agent: 'inspector/1', upstream: 'db', method: 'tools/call', target: 'query' },
    ...{ args: { name: 'query', arguments: args }, exchange: 'x-1', revision: 'r1', ...more },
  };
}

export function request(demands: readonly ApprovalDemand[], asked = call()): ApprovalRequest {
  return { binding: bindingOf(asked), call: asked, demands };
}

interface DeskOptions {
  readonly store?: ApprovalStore;
  readonly channels?: readonly string[];
  readonly recorder?: Recorder;
  readonly required?: boolean;
  readonly bounds?: { readonly max: number; readonly maxPerCaller: number };
}

/** Approvals over a store, with rules that a test sets and a clock that stands still. */
export class Desk {
  now = 1_800_000_000_000;
  rules: readonly ApprovalDemand[];
  readonly batches: TranscriptBatch[] = [];
  readonly logged: string[] = [];
  readonly store: ApprovalStore;
  readonly approvals: Approvals;

  constructor(rules: readonly ApprovalDemand[] = [demand('ask')], options: DeskOptions = {}) {
    this.rules = rules;
    const clock = () => this.now;
    const bounds = options.bounds ?? { max: 1_000, maxPerCaller: 1_000 };
    this.store = options.store ?? new MemoryApprovals({ clock, log: quiet, bounds });
    const note = (fields: object, message: string) => {
      this.logged.push(`${message} ${JSON.stringify(fields)}`);
    };
    this.approvals = new Approvals({
      ...{ store: this.store, clock, keep: 90 * 24 * 60 * MINUTE },
      log: { info: note, warn: note, error: note, debug: note },
      recorder: options.recorder ?? { append: async (batch) => void this.batches.push(batch) },
      ...(options.required === undefined ? {} : { required: options.required }),
      demandOf: (rule) => this.rules.find((one) => one.rule === rule),
      revision: () => 'r2',
      channels: options.channels ?? ['ops', 'sec'],
    });
  }

  /** Asks for a call as the rules are now. */
  ask(asked?: AskedCall): Promise<Approval> {
    return this.approvals.ask(request(this.rules, asked));
  }

  approve(id: string, by: Decider, more: Partial<Verdict> = {}): Promise<Approval> {
    return this.approvals.decide(id, { verdict: 'approve', via: 'api', ...more }, by);
  }

  deny(id: string, by: Decider, reason?: string): Promise<Approval> {
    return this.approvals.decide(id, { verdict: 'deny', reason, via: 'api' }, by);
  }

  /** Steps in the transcript: method, state or code, and whose they are. */
  steps(): readonly string[] {
    const heads = this.batches.flatMap(({ opened }) => opened);
    const events = this.batches.flatMap((batch) => batch.events);
    return heads.map(({ id, method, sub = 'gate' }) => {
      const end = events.find((event) => {
        return event.exchange === id && ['resolved', 'failed'].includes(event.kind);
      });
      return `${method} ${end?.detail?.state ?? end?.detail?.code ?? 'open'} ${sub}`;
    });
  }

  /** News that channels have to take, and forgets them. */
  async news(channel: string): Promise<readonly string[]> {
    const notices = await this.store.claim(channel, this.now, this.now + 1, 1_000);
    for (const { id } of notices) await this.store.settle(id);
    return notices.map(({ news }) => news);
  }
}
