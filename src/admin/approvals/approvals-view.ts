import type { Approval, ApprovalDemand, ApprovalPerson, Ballot } from '../../model/approval.ts';
import { missingFrom } from '../../pipeline/approval/missing.ts';
import { conditionText } from './condition-text.ts';

/** An approval on one line of a list: everything but what would be sent, and who has said what. */
export function approvalLine(approval: Approval) {
  const { id, version, state, call, demands, ballots, createdAt, expiresAt } = approval;
  const { usableUntil, endedAt, standing, reason } = approval;
  const { caller, agent, upstream, method, target } = call;
  return {
    ...{ id, version, state, createdAt: time(createdAt), expiresAt: time(expiresAt) },
    ...(usableUntil === undefined ? {} : { usableUntil: time(usableUntil) }),
    ...(endedAt === undefined ? {} : { endedAt: time(endedAt) }),
    ...{ caller, ...(agent === undefined ? {} : { agent }), upstream, method, target },
    rules: demands.map(({ rule }) => rule),
    missing: state === 'pending' ? missingFrom(approval) : [],
    breakGlass: ballots.some(({ breakGlass }) => breakGlass),
    ...(standing === undefined
      ? {}
      : {
          standing: {
            ...{ until: time(standing.until), calls: standing.calls, when: standing.when },
            yaml: conditionText(standing.when),
          },
        }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** An approval as somebody sees it who decides: what would be sent, why each rule asks, and who has said what. */
export function approvalPage(approval: Approval) {
  const { call, demands, ballots, usedBy } = approval;
  const { args, tool, exchange, revision } = call;
  return {
    ...approvalLine(approval),
    ...{ args, ...(tool === undefined ? {} : { tool }), exchange, revision },
    ...(usedBy === undefined ? {} : { usedBy }),
    demands: demands.map((demand) => demandView(demand, approval)),
    ballots: ballots.map(ballotView),
  };
}

export type ApprovalLine = ReturnType<typeof approvalLine>;
export type ApprovalPage = ReturnType<typeof approvalPage>;

function demandView(demand: ApprovalDemand, { ballots }: Approval) {
  const { rule } = demand;
  const counted = ballots.filter((one) => one.verdict === 'approve' && one.rules.includes(rule));
  const missing = missingFrom({ demands: [demand], ballots });
  return {
    ...demand,
    approvedBy: counted.map(({ by }) => personView(by)),
    missing: missing[0]?.people ?? 0,
  };
}

function ballotView({ by, at, breakGlass, standing, ...ballot }: Ballot) {
  return {
    ...{ by: personView(by), at: time(at), ...ballot, breakGlass: breakGlass === true },
    ...(standing === undefined
      ? {}
      : { standing: { ...standing, yaml: conditionText(standing.when) } }),
  };
}

function personView({ issuer, sub, email, groups }: ApprovalPerson): ApprovalPerson {
  return {
    ...{ issuer, sub },
    ...(email === undefined ? {} : { email }),
    ...(groups === undefined ? {} : { groups }),
  };
}

/** RFC 3339, in UTC. */
function time(at: number): string {
  return new Date(at).toISOString();
}
