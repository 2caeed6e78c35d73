const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** Milliseconds as `2d 4h`, `15m` or `30s`: the two largest units, rounded down. */
export function spanText(milliseconds: number): string {
  let rest = Math.max(0, milliseconds);
  const first = UNITS.findIndex(([, size]) => rest >= size);
  if (first < 0) return '0s';
  const parts = UNITS.slice(first, first + 2).flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? [`${count}${unit}`] : [];
  });
  return parts.join(' ');
}
