import type { AdminConfig } from '../config/schema.ts';
import { GateError } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';

/** What somebody may do at the admin API. */
export type Permission =
  | 'policies:read'
  | 'policies:change'
  | 'metrics:read'
  | 'approvals:read'
  | 'approvals:revoke'
  | 'transcripts:read';
type Roles = AdminConfig['roles'];
type Grantee = Pick<Identity, 'sub' | 'groups'>;

const all = ['policies:read', 'policies:change', 'metrics:read'] as const;
/** What each role is good for, and nothing else. */
const grants: Readonly<Record<keyof Roles, readonly Permission[]>> = {
  admin: [...all, 'approvals:read', 'approvals:revoke', 'transcripts:read'],
  approver: ['approvals:read'],
  auditor: ['policies:read', 'metrics:read', 'approvals:read', 'transcripts:read'],
  publisher: all,
  viewer: ['policies:read', 'metrics:read', 'approvals:read'],
};

/** True of whoever has a role. */
export function hasRole(identity: Grantee, role: keyof Roles, roles: Roles): boolean {
  return roles[role].some((grantee) => isMeant(grantee, identity));
}

/** True of whoever has a role with a permission. */
export function hasPermission(identity: Grantee, needed: Permission, roles: Roles): boolean {
  return rolesWith(needed).some((role) => hasRole(identity, role, roles));
}

/**
 * Refuses whoever has no role with a permission.
 *
 * @throws GateError ADMIN_ROLE
 */
export function checkPermission(identity: Grantee, needed: Permission, roles: Roles): void {
  if (hasPermission(identity, needed, roles)) return;
  const hint = `${needed} is for ${rolesWith(needed).join(', ')}: see admin.roles`;
  throw new GateError('ADMIN_ROLE', 'you have no role that allows this', { hint });
}

function rolesWith(needed: Permission): (keyof Roles)[] {
  return (Object.keys(grants) as (keyof Roles)[]).filter((role) => grants[role].includes(needed));
}

function isMeant(grantee: string, { sub, groups }: Grantee): boolean {
  return grantee.startsWith('user:')
    ? sub === grantee.slice('user:'.length)
    : groups.includes(grantee.slice('group:'.length));
}
