import { spanText } from '../../model/span-text.ts';
import { type Html, html } from './html.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;

/**
 * A time in UTC, and how far from now it is.
 *
 * @param time RFC 3339
 * @param now milliseconds since the epoch
 */
export function timeText(time: string, now: number): Html {
  const shown = `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
  return html`<time datetime="${time}">${shown}</time> <span class="dim">(${distance(Date.parse(time) - now)})</span>`;
}

/** How far a time is from now; the time itself is what a pointer over it shows. */
export function distanceText(time: string, now: number): Html {
  return html`<time datetime="${time}" title="${time}">${distance(Date.parse(time) - now)}</time>`;
}

function distance(span: number): string {
  const size = Math.abs(span);
  if (size < MINUTE) return span < 0 ? 'just now' : 'in less than a minute';
  // Nobody needs the minutes of what was days ago.
  const unit = size < 2 * HOUR ? MINUTE : size < 48 * HOUR ? HOUR : 24 * HOUR;
  const text = spanText(Math.floor(size / unit) * unit);
  return span < 0 ? `${text} ago` : `in ${text}`;
}
