import type { StepSource } from './contract.ts';
import type { RetentionStanding } from './export-news.ts';

/** What retention does with steps behind a position. */
export function retentionStanding(
  position: number,
  source: Pick<StepSource, 'retention'>,
): RetentionStanding {
  const { removed, wanted } = source.retention();
  if (removed > position) return 'removes';
  return wanted > position ? 'waits' : 'free';
}
