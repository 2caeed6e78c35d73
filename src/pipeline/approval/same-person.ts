import type { ApprovalPerson, AskedCall } from '../../model/approval.ts';

type Person = Pick<ApprovalPerson, 'sub' | 'email'>;

/**
 * True where two may be one person: the same `sub`, whoever issued it, or the same e-mail address. It keeps people from
 * counting twice and gives nobody a right, so it errs towards one person.
 */
export function isSamePerson(one: Person, other: Person): boolean {
  if (one.sub === other.sub) return true;
  return !!one.email && !!other.email && folded(one.email) === folded(other.email);
}

/** True where somebody may be the caller, or who acts for them. */
export function mayBeCaller(person: Person, caller: AskedCall['caller']): boolean {
  return isSamePerson(person, caller) || person.sub === caller.actor;
}

function folded(email: string): string {
  return email.trim().toLowerCase();
}
