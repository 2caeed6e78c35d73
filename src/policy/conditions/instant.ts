const RFC3339 =
  /^(\d{4}-\d\d-\d\d)[Tt](?:[01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Reads an RFC 3339 date-time; undefined where a text is none. A leap second counts as the second before. */
export function readInstant(text: string): number | undefined {
  const [, date = '', second] = RFC3339.exec(text) ?? [];
  if (second === undefined) return undefined;
  const instant = Date.parse(text.toUpperCase().replace(/:60(?=[.Z+-])/, ':59'));
  // V8 takes 30 February for 2 March.
  const day = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(instant) || day.toISOString().slice(0, 10) !== date ? undefined : instant;
}
