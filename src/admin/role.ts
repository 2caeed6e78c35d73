import type { AdminConfig } from '../config/schema.ts';
import { GateError } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';

/** What somebody may do at the admin API. */
export type Permission =
  | 'policies:read'
  | 'policies:change'
  | 'metrics:read'
  | 'approvals:read'
  | 'approvals:revoke';
type Roles = AdminConfig['roles'];

const all = ['policies:read', 'policies:change', 'metrics:read'] as const;
/** What each role is good for, and nothing else. */
const grants: Readonly<Record<keyof Roles, readonly Permission[]>> = {
  admin: [...all, 'approvals:read', 'approvals:revoke'],
  approver: ['approvals:read'],
  publisher: all,
  viewer: ['policies:read', 'metrics:read', 'approvals:read'],
};

/**
 * Refuses whoever has no role with a permission.
 *
 * @throws GateError ADMIN_ROLE
 */
export function checkPermission(identity: Identity, needed: Permission, roles: Roles): void {
  const fitting = (Object.keys(grants) as (keyof Roles)[]).filter((role) =>
    grants[role].includes(needed),
  );
  if (fitting.some((role) => roles[role].some((grantee) => isMeant(grantee, identity)))) return;
  const hint = `${needed} is for ${fitting.join(', ')}: see admin.roles`;
  throw new GateError('ADMIN_ROLE', 'you have no role that allows this', { hint });
}

function isMeant(grantee: string, { sub, groups }: Identity): boolean {
  return grantee.startsWith('user:')
    ? sub === grantee.slice('user:'.length)
    : groups.includes(grantee.slice('group:'.length));
}
