/** Content codings that the gate writes (RFC 9110, section 8.4.1; RFC 7932; RFC 8878). */
export type Coding = 'br' | 'zstd' | 'gzip';

/** What a client takes: coding names in lower case, with their weights from 0 to 1. */
type Weights = ReadonlyMap<string, number>;

/** The header that was read last: clients send the same one with every request. */
let last: { readonly header: string; readonly weights: Weights } | undefined;

/**
 * The coding that a client likes best (RFC 9110, section 12.5.3), `identity` for none. Where it likes several alike,
 * the first of those offered is taken. What leaves out identity, and everything else that there is, gets identity.
 *
 * @param header Accept-Encoding; left out, the client asks for nothing
 * @param offered best first
 */
export function chooseCoding(
  header: string | undefined,
  offered: readonly Coding[],
): Coding | 'identity' {
  if (header === undefined) return 'identity';
  const weights = weightsOf(header);
  const weight = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  let best: Coding | undefined;
  for (const coding of offered) {
    if (weight(coding) > (best === undefined ? 0 : weight(best))) best = coding;
  }
  // Only who names identity likes it better or worse than anything else.
  if (best === undefined || (weights.get('identity') ?? 0) > weight(best)) return 'identity';
  return best;
}

/** True where a client doesn't take what is not encoded. */
export function refusesIdentity(header: string | undefined): boolean {
  if (header === undefined) return false;
  const weights = weightsOf(header);
  return (weights.get('identity') ?? weights.get('*') ?? 1) === 0;
}

function weightsOf(header: string): Weights {
  if (last?.header === header) return last.weights;
  const weights = new Map<string, number>();
  for (const part of header.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    if (name !== '') weights.set(name === 'x-gzip' ? 'gzip' : name, weightIn(parameters));
  }
  last = { header, weights };
  return weights;
}

/** The weight that parameters give; 0 where it can't be read, as nobody would ask for that. */
function weightIn(parameters: readonly string[]): number {
  const given = parameters.find((text) => /^q\s*=/.test(text));
  if (given === undefined) return 1;
  const [, value] = /^q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(given) ?? [];
  return value === undefined ? 0 : Number(value);
}
