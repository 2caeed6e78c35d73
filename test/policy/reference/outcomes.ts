/** What one test, one condition or one rule can come to. */
export type Verdict = 'true' | 'false' | 'fault';

/** All that it may come to, where something is not known yet. One verdict where everything is known. */
export type Verdicts = readonly Verdict[];

export const ANYTHING: Verdicts = ['true', 'false', 'fault'];

export function not(verdict: Verdict): Verdict {
  if (verdict === 'fault') return 'fault';
  return verdict === 'true' ? 'false' : 'true';
}

/** False if one part is false, whatever can't be judged beside it. */
export function all(parts: readonly Verdict[]): Verdict {
  if (parts.includes('false')) return 'false';
  return parts.includes('fault') ? 'fault' : 'true';
}

/** True if one part is true, whatever can't be judged beside it. */
export function any(parts: readonly Verdict[]): Verdict {
  if (parts.includes('true')) return 'true';
  return parts.includes('fault') ? 'fault' : 'false';
}

/** Tries every combination of what the parts may come to, one part after the other. */
export function combinations(
  parts: readonly Verdicts[],
  combine: (verdicts: readonly Verdict[]) => Verdict,
): Verdicts {
  let verdicts: Verdicts = [combine([])];
  for (const part of parts) {
    const pairs = verdicts.flatMap((before) => part.map((one) => combine([before, one])));
    verdicts = [...new Set(pairs)];
  }
  return verdicts;
}

export function verdict(holds: boolean): Verdict {
  return holds ? 'true' : 'false';
}
