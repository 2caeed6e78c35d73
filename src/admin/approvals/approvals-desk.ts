import { setImmediate as turn } from 'node:timers/promises';
import type { AdminConfig } from '../../config/schema.ts';
import type { Approval } from '../../model/approval.ts';
import { GateError } from '../../model/errors.ts';
import type { Identity } from '../../model/identity.ts';
import type { Clock, Log } from '../../model/seams.ts';
import type { Approvals } from '../../pipeline/approval/approvals.ts';
import { argumentsOf } from '../../pipeline/approval/asked-params.ts';
import { boundsOf } from '../../policy/approval/bounds-of.ts';
import { type Proposal, proposalOf } from '../../policy/approval/proposal.ts';
import type { CompiledRule } from '../../policy/compiled-rule.ts';
import type { SimilarCalls } from '../../store/contract.ts';
import type { ApproveBody } from './approvals-body.ts';
import { earlierThan } from './approvals-earlier.ts';
import type { ListQuery } from './approvals-query.ts';
import { mayRevoke, maySee, rightsOf, type Viewer, viewerOf } from './approvals-rights.ts';
import { approvalLine, approvalPage } from './approvals-view.ts';

export interface DeskOptions {
  readonly approvals: Approvals;
  readonly roles: AdminConfig['roles'];
  /** What came of earlier calls; left out: it is not told. */
  readonly similar?: SimilarCalls | undefined;
  /** Where a person looks at an approval; undefined where there are no pages. */
  readonly pageOf: (id: string) => string | undefined;
  /** The rules in force. */
  readonly rules: () => readonly CompiledRule[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Approvals that are looked at together: each may have a quarter of a megabyte to be parsed. */
const BATCH = 25;
/** Approvals that one request looks through for those that it may show. */
const LOOKED_AT = 500;

/** What people see of approvals, and do about them: whatever somebody may not see is not there. */
export class ApprovalDesk {
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  viewer(identity: Identity): Viewer {
    return viewerOf(identity, this.#options.roles);
  }

  /** One page of a list. `next` is what to ask for with `before`; left out where there is no more. */
  async list(viewer: Viewer, { mine, limit, ...given }: ListQuery) {
    const { approvals, clock } = this.#options;
    // Nothing else is there to be decided.
    const query: typeof given = mine ? { ...given, states: ['pending'] } : given;
    if (mine && given.states?.includes('pending') === false) return { approvals: [] };
    const fits = (one: Approval) =>
      mine ? rightsOf(one, viewer, clock()).approve : maySee(one, viewer);
    const found: Approval[] = [];
    let { before } = query;
    for (let seen = 0; seen < LOOKED_AT; seen += BATCH) {
      const at = before === undefined ? {} : { before };
      const batch = await approvals.list({ ...query, ...at, limit: BATCH });
      found.push(...batch.filter(fits));
      before = batch.at(-1)?.id;
      if (found.length > limit || batch.length < BATCH) {
        const shown = found.slice(0, limit);
        const next = found.length > limit ? shown.at(-1)?.id : undefined;
        return { approvals: shown.map(approvalLine), ...(next === undefined ? {} : { next }) };
      }
      // Calls go on meanwhile.
      await turn();
    }
    return {
      approvals: found.map(approvalLine),
      ...(before === undefined ? {} : { next: before }),
    };
  }

  /** @throws GateError APPROVAL_UNKNOWN: it is not there, or not for this viewer */
  async find(id: string, viewer: Viewer): Promise<Approval> {
    const approval = await this.#options.approvals.get(id);
    if (approval && maySee(approval, viewer)) return approval;
    const hint = 'log in as somebody whom its rule asks, or who may see all';
    throw new GateError('APPROVAL_UNKNOWN', 'there is no such approval that you may see', { hint });
  }

  /** An approval as somebody sees it who decides, with what came of earlier calls. */
  async page(approval: Approval, viewer: Viewer) {
    const { pageOf, clock } = this.#options;
    const url = pageOf(approval.id);
    return {
      ...approvalPage(approval),
      ...(url === undefined ? {} : { url }),
      earlier: await earlierThan(approval, viewer, this.#options),
      you: rightsOf(approval, viewer, clock()),
    };
  }

  /**
   * Rules by which calls like one would go on without being asked about.
   *
   * @throws GateError APPROVAL_TOO_LARGE
   */
  proposal({ call, demands }: Approval): Proposal {
    const rules = this.#options.rules();
    const proposal = proposalOf({ call, args: argumentsOf(call), demands, rules });
    if (proposal) return proposal;
    throw new GateError('APPROVAL_TOO_LARGE', 'the arguments are more than a rule can say');
  }

  /** @throws GateError APPROVAL_… */
  async approve(id: string, viewer: Viewer, body: ApproveBody, via: string): Promise<Approval> {
    const approval = await this.find(id, viewer);
    const { standing } = body;
    const { reason, breakGlass } = body;
    const when = standing && (standing.when ?? boundsOf(argumentsOf(approval.call)));
    if (standing && !when) {
      const hint = 'say with "when" which arguments are alike';
      throw new GateError('APPROVAL_STANDING', 'the arguments are too many to bound', { hint });
    }
    return this.#options.approvals.decide(
      id,
      {
        ...{ verdict: 'approve', reason, breakGlass, via },
        ...(standing && when ? { standing: { for: standing.for, when } } : {}),
      },
      viewer.decider,
    );
  }

  /** @throws GateError APPROVAL_… */
  async deny(id: string, viewer: Viewer, reason: string | undefined, via: string) {
    await this.find(id, viewer);
    return this.#options.approvals.decide(id, { verdict: 'deny', reason, via }, viewer.decider);
  }

  /**
   * Takes back a question or a grant: whoever has the permission, or has approved it.
   *
   * @throws GateError APPROVAL_…
   */
  async revoke(id: string, viewer: Viewer, reason: string | undefined, via: string) {
    const approval = await this.find(id, viewer);
    if (!mayRevoke(approval, viewer)) {
      const hint = 'whoever has the role admin may, and who has approved it';
      throw new GateError('APPROVAL_NOT_YOURS', 'it is not yours to take back', { hint });
    }
    return this.#options.approvals.revoke(id, viewer.decider, reason ?? '', via);
  }

  /**
   * The caller gives their call up.
   *
   * @throws GateError APPROVAL_…
   */
  async cancel(id: string, viewer: Viewer, reason: string | undefined, via: string) {
    await this.find(id, viewer);
    const { approvals } = this.#options;
    return approvals.giveUp(id, viewer.decider, reason ?? '', via);
  }
}
