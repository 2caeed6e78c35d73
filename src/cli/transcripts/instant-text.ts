/** Milliseconds since the epoch as RFC 3339; what no clock can show stays the number that it is. */
export function instantText(instant: number): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? String(instant) : date.toISOString();
}
