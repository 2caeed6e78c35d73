/** Counts by name, added up. */
export function sums(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const all = { ...a };
  for (const [name, count] of Object.entries(b)) all[name] = (all[name] ?? 0) + count;
  return all;
}

/** The sum of what is counted under one name. */
export function total<Name extends string>(
  rows: readonly { readonly [N in Name]: number }[],
  name: Name,
) {
  return rows.reduce((sum, row) => sum + row[name], 0);
}
