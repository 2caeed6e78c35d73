import type { ApprovalDemand } from '../../model/approval.ts';
import { demandKey } from '../demand-key.ts';

/** Somebody whom a demand may name. */
export interface Nameable {
  readonly sub: string;
  readonly groups: readonly string[];
}

/** True where rules ask for the same, all of them together. */
export function asksTheSame(
  some: readonly ApprovalDemand[],
  others: readonly ApprovalDemand[],
): boolean {
  const keys = (demands: readonly ApprovalDemand[]) => demands.map(demandKey).sort().join();
  return keys(some) === keys(others);
}

/** True where `group:NAME` or `user:SUB` of a list names somebody. */
export function isNamed(list: readonly string[], { sub, groups }: Nameable): boolean {
  return list.includes(`user:${sub}`) || groups.some((group) => list.includes(`group:${group}`));
}

/** True where somebody may decide what a demand asks for. */
export function mayDecide(
  { by }: Pick<ApprovalDemand, 'by'>,
  decider: Nameable & { readonly isApprover: boolean },
): boolean {
  return by.length === 0 ? decider.isApprover : isNamed(by, decider);
}
