/** Whom a rule still waits for, such as `2 of group:dba or user:ann`. */
export function missingText({
  by,
  people,
}: {
  readonly by: readonly string[];
  readonly people: number;
}): string {
  return by.length === 0 ? `${people} with the role approver` : `${people} of ${by.join(' or ')}`;
}
