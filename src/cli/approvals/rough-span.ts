import { spanText } from '../../model/span-text.ts';

/** Milliseconds as `2d 4h`, `15m` or `30s`: the two largest units, rounded down. */
export function roughSpan(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  return spanText(seconds * 1_000)
    .split(' ', 2)
    .join(' ');
}
