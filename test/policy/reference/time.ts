import { any, type Verdict, verdict } from './outcomes.ts';

/** A window as it stands in the policy. */
interface Window {
  readonly days?: string | readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly zone?: string;
  readonly after?: string;
  readonly before?: string;
}

const week = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Whether a date-time lies in one of the windows. */
export function inWindows(text: string, windows: unknown): Verdict {
  const time = instantOf(text);
  if (time === undefined) return 'fault';
  const list = (Array.isArray(windows) ? windows : [windows]) as readonly Window[];
  return any(list.map((window) => verdict(isIn(time, window))));
}

function instantOf(text: string): number | undefined {
  const written = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.exec(text);
  const time = Date.parse(text);
  if (!written || Number.isNaN(time)) return undefined;
  // A day that its month doesn't have would come out as one of the next.
  const day = new Date(`${written[1]}T00:00:00Z`).toISOString().slice(0, 10);
  return day === written[1] ? time : undefined;
}

function isIn(time: number, { days, from, to, zone = 'UTC', after, before }: Window): boolean {
  const { date, clock, day } = onTheWall(time, zone);
  if (after !== undefined && isBefore(time, date, after)) return false;
  if (before !== undefined && !isBefore(time, date, before)) return false;
  const [start, end] = [from ?? '00:00', to ?? '24:00'];
  const today = isDay(days, day);
  if (start < end) return today && clock >= start && clock < end;
  // It runs over midnight and belongs to the day on which it begins.
  return (today && clock >= start) || (isDay(days, (day + 6) % 7) && clock < end);
}

/** A date begins at midnight of the zone, so the date on the wall tells; an instant is one everywhere. */
function isBefore(time: number, date: string, bound: string): boolean {
  return bound.length === 10 ? date < bound : time < Date.parse(bound);
}

function onTheWall(time: number, zone: string) {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(time);
  const [date = '', clock = ''] = parts.split(' ');
  return { date, clock: clock.slice(0, 5), day: new Date(`${date}T00:00:00Z`).getUTCDay() };
}

function isDay(days: Window['days'], day: number): boolean {
  if (days === undefined) return true;
  return [days].flat().some((range) => {
    const [first = 0, last = first] = range.split('-').map((name) => week.indexOf(name));
    for (let i = first; ; i = (i + 1) % 7) {
      if (i === day) return true;
      if (i === last) return false;
    }
  });
}
