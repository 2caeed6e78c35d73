/** Session-era revisions of MCP, oldest first. */
export const sessionRevisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'] as const;

export function isSessionRevision(revision: string): boolean {
  return sessionRevisions.some((known) => known === revision);
}
