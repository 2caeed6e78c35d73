/** Session-era revisions of MCP, oldest first: a handshake begins a session. */
export const sessionRevisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'] as const;
/** The newest revision with sessions. */
export const LATEST_SESSION = '2025-11-25';
/** Stateless-era revisions, oldest first: each request says all there is to know. */
export const statelessRevisions = ['2026-07-28'] as const;
/** The newest revision without sessions. */
export const LATEST_STATELESS = '2026-07-28';

/** Revisions of the same era speak alike; between eras messages must be translated. */
export type Era = 'session' | 'stateless';

export function isSessionRevision(revision: string | undefined): boolean {
  return sessionRevisions.some((known) => known === revision);
}

export function isStatelessRevision(revision: string | undefined): boolean {
  return statelessRevisions.some((known) => known === revision);
}

/** The revision of a session for a client that asks for one: that one where it is known, else the newest. */
export function sessionRevisionFor(asked: string): string {
  return isSessionRevision(asked) ? asked : LATEST_SESSION;
}
