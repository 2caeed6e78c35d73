/** Session-era revisions of MCP, oldest first. */
export const sessionRevisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'] as const;

/** What a session-era request without an `MCP-Protocol-Version` header speaks (2025-06-18, transports). */
export const ASSUMED_REVISION = '2025-03-26';

export function isSessionRevision(revision: string): boolean {
  return sessionRevisions.some((known) => known === revision);
}
