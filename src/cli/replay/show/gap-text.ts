import { spanText } from '../../../model/span-text.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A time between steps as people say it: `0.4 ms`, `12 ms`, `3.2 s`, `2m 5s`. */
export function gapText(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < SECOND) return `${Math.floor(milliseconds)} ms`;
  if (milliseconds < MINUTE) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  return spanText(Math.floor(milliseconds / SECOND) * SECOND);
}
