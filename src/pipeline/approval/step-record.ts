import type { Approval, ApprovalPerson, Ballot } from '../../model/approval.ts';
import type { GateError } from '../../model/errors.ts';
import type { Identity } from '../../model/identity.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Clock } from '../../model/seams.ts';
import type { EventKind, Outcome, TranscriptBatch } from '../../model/transcript.ts';
import { recordOf } from '../identity-ledger.ts';
import { newId } from '../new-id.ts';

/** Steps of approvals that no call takes. */
export type StepName = 'approve' | 'deny' | 'revoke' | 'expire' | 'cancel';

/** Whose step it is, when, and by which policies. */
export interface StepFacts {
  readonly name: StepName;
  readonly approval: Approval;
  /** Left out: the gate's own. */
  readonly by?: ApprovalPerson | undefined;
  /** Where it was decided. */
  readonly via?: string | undefined;
  readonly revision: string;
  readonly clock: Clock;
}

/** The transcript of one step: an exchange of its own, of the one who decides. */
export class StepRecord {
  readonly #facts: StepFacts;
  readonly #id = newId();
  #seq = 0;

  constructor(facts: StepFacts) {
    this.#facts = facts;
  }

  /** That somebody wants it. */
  opened(): TranscriptBatch {
    const { name, approval, by, via, revision, clock } = this.#facts;
    const record = by && recordOf(identityOf(by));
    const head = {
      ...{ id: this.#id, openedAt: clock(), upstream: approval.call.upstream },
      ...{ method: `approvals/${name}`, target: approval.id, revision },
      ...(by && record ? { sub: by.sub, issuer: by.issuer, identity: record.digest } : {}),
    };
    const detail = {
      ...{ approval: approval.id, exchange: approval.call.exchange },
      ...(via === undefined ? {} : { via }),
    };
    return {
      ...(record ? { facts: [record] } : {}),
      ...{ opened: [head], events: [this.#event('opened', detail)], closed: [] },
    };
  }

  /** What has become of the approval. */
  resolved(after: Approval, ballot?: Ballot): TranscriptBatch {
    const { by } = this.#facts;
    const reason = ballot?.reason ?? after.reason;
    const detail = {
      ...{ approval: after.id, state: after.state },
      ...(by ? { by: by.sub } : {}),
      ...(reason === undefined ? {} : { reason }),
      ...(ballot ? { rules: ballot.rules } : {}),
      ...(ballot?.breakGlass ? { broke_glass: true } : {}),
      ...(ballot?.standing ? { standing: { ...ballot.standing } } : {}),
    };
    return this.#closing([this.#event('resolved', detail)], 'delivered');
  }

  /** It was refused. */
  failed({ code, message }: GateError): TranscriptBatch {
    return this.#closing([this.#event('failed', { code, message })], 'failed');
  }

  #closing(events: TranscriptBatch['events'], outcome: Outcome): TranscriptBatch {
    const end = { id: this.#id, closedAt: this.#facts.clock(), outcome };
    const last = this.#event('closed', { outcome });
    return { opened: [], events: [...events, last], closed: [end] };
  }

  #event(kind: EventKind, detail: JsonObject): TranscriptBatch['events'][number] {
    const { revision, clock } = this.#facts;
    return { exchange: this.#id, seq: this.#seq++, at: clock(), kind, revision, detail };
  }
}

/** Both of them written together. */
export function together(first: TranscriptBatch, second: TranscriptBatch): TranscriptBatch {
  return {
    ...(first.facts ? { facts: first.facts } : {}),
    opened: [...first.opened, ...second.opened],
    events: [...first.events, ...second.events],
    closed: [...first.closed, ...second.closed],
  };
}

function identityOf({ issuer, sub, email, groups = [] }: ApprovalPerson): Identity {
  return { issuer, sub, ...(email === undefined ? {} : { email }), groups, scopes: [], claims: {} };
}
