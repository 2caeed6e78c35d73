import type { Clock, Log } from '../model/seams.ts';
import { PresidioAnalyzer, type PresidioOptions } from './presidio.ts';

/** The analyzers that a configuration names. */
export interface AnalyzersWanted {
  readonly presidio?: Omit<PresidioOptions, 'clock' | 'log'> | undefined;
}

/** The analyzer that is configured; undefined where none is. Whoever opens it closes it. */
export function openAnalyzer(
  { presidio }: AnalyzersWanted,
  seams: { readonly clock: Clock; readonly log: Log },
): PresidioAnalyzer | undefined {
  return presidio && new PresidioAnalyzer({ ...presidio, ...seams });
}
