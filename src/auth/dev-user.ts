/** Somebody as whom a developer may log in at the development issuer. */
export interface DevUser {
  readonly sub: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
}

/** An analyst who reads, a developer who also writes, and a lead who decides and calls nothing herself. */
export const devUsers: readonly DevUser[] = Object.freeze([
  { sub: 'ana', email: 'ana@example.com', groups: ['analysts'], scopes: ['mcp:read'] },
  {
    sub: 'bob',
    email: 'bob@example.com',
    groups: ['developers', 'dba'],
    scopes: ['mcp:read', 'mcp:write'],
  },
  { sub: 'dora', email: 'dora@example.com', groups: ['leads'], scopes: [] },
]);
