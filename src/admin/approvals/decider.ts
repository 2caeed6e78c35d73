import type { AdminConfig } from '../../config/schema.ts';
import type { Identity } from '../../model/identity.ts';
import type { Decider } from '../../pipeline/approval/approvals.ts';
import { hasRole } from '../role.ts';

/** Somebody with a token, or a login, as approvals know who decides. */
export function deciderOf(
  identity: Pick<Identity, 'issuer' | 'sub' | 'email' | 'groups' | 'actor'>,
  roles: AdminConfig['roles'],
): Decider {
  const { issuer, sub, email, groups, actor } = identity;
  const isApprover = hasRole({ sub, groups }, 'approver', roles);
  return {
    ...{ issuer, sub, groups, isApprover },
    ...(email === undefined ? {} : { email }),
    ...(actor === undefined ? {} : { actor }),
  };
}
