/** Somebody as whom a developer may log in at the development issuer. */
export interface DevUser {
  readonly sub: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
}

/** An analyst who reads and a developer who also writes. */
export const devUsers: readonly DevUser[] = Object.freeze([
  { sub: 'ana', email: 'ana@example.com', groups: ['analysts'], scopes: ['mcp:read'] },
  {
    sub: 'bob',
    email: 'bob@example.com',
    groups: ['developers', 'dba'],
    scopes: ['mcp:read', 'mcp:write'],
  },
]);
