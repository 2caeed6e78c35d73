import { child, describe, type MapNode, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { nearest, suggest } from '../../model/nearest.ts';
import { readInstant } from './instant.ts';
import { type WallClock, type WallTime, wallClock, zoneNames } from './wall-clock.ts';

/** Decides whether an instant (milliseconds since the epoch) lies in a window. */
export type WindowTest = (instant: number) => boolean;

const KEYS = ['days', 'from', 'to', 'zone', 'after', 'before'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY_MINUTES = 24 * 60;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** Compiles `{ days: [mon-fri], from: "08:00", to: "18:00", zone: Europe/Berlin, after: …, before: … }`. */
export function compileWindow(node: Node, reader: Reader): WindowTest | undefined {
  const map = reader.map(node, 'a window of "time"', KEYS);
  if (!map) return undefined;
  if (!map.entries.some(({ key }) => key !== 'zone')) {
    const hint = 'give days, from and to, after or before';
    reader.error('OPERAND', map.at, 'the window has no bounds', hint);
  }
  const clock = readZone(child(map, 'zone'), reader);
  const hours = readHours(map, reader);
  const bounds = readBounds(map, reader);
  if (!clock || !hours || !bounds) return undefined;
  return (instant) => {
    const now = clock(instant);
    return hours(now) && bounds(instant, now);
  };
}

function readZone(node: Node | undefined, reader: Reader): WallClock | undefined {
  if (!node) return wallClock('UTC');
  const zone = reader.text(node, 'zone');
  const clock = zone === undefined ? undefined : wallClock(zone);
  if (zone !== undefined && !clock) {
    const near = nearest(zone, zoneNames());
    const hint = near ? `did you mean "${near}"?` : 'use an IANA name such as Europe/Berlin';
    reader.error('UNKNOWN_VALUE', node.at, `no time zone is called "${zone}"`, hint);
  }
  return clock;
}

/** Days and hours. A window over midnight belongs to the day on which it begins. */
function readHours(map: MapNode, reader: Reader): ((now: WallTime) => boolean) | undefined {
  const days = readDays(child(map, 'days'), reader);
  const from = readMinute(child(map, 'from'), 'from', 0, reader);
  const to = readMinute(child(map, 'to'), 'to', DAY_MINUTES, reader);
  if (!days || from === undefined || to === undefined) return undefined;
  if (from === to) {
    const hint = 'for the whole day leave both out';
    reader.error('OPERAND', map.at, 'the window ends where it begins', hint);
  }
  if (from < to) return ({ weekday, minute }) => days.has(weekday) && minute >= from && minute < to;
  return ({ weekday, minute }) => {
    if (minute >= from) return days.has(weekday);
    return minute < to && days.has((weekday + 6) % 7);
  };
}

function readDays(node: Node | undefined, reader: Reader): ReadonlySet<number> | undefined {
  if (!node) return new Set(DAYS.keys());
  const texts = reader.texts(node, 'days');
  if (texts?.length === 0) reader.error('OPERAND', node.at, 'days is empty, so no day fits');
  const days = new Set<number>();
  for (const text of texts ?? []) {
    const [first = '', last = first, ...more] = text.split('-');
    const [begin, end] = [DAYS.indexOf(first), DAYS.indexOf(last)];
    if (begin < 0 || end < 0 || more.length > 0) {
      const wrong = begin < 0 ? first : last;
      reader.error('UNKNOWN_VALUE', node.at, `no day is called "${wrong}"`, suggestDay(wrong));
      continue;
    }
    for (let day = begin; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === end) break;
    }
  }
  return texts && days;
}

/** Days written out are meant as their first three letters; the known ones are named from Monday on. */
function suggestDay(word: string): string {
  const short = DAYS.find((day) => word.toLowerCase().startsWith(day));
  const [sunday = '', ...others] = DAYS;
  return suggest(short ?? word, [...others, sunday]);
}

function readMinute(
  node: Node | undefined,
  key: string,
  otherwise: number,
  reader: Reader,
): number | undefined {
  if (!node) return otherwise;
  const example = 'such as "08:00"';
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    const message = `${key} must be a string, not ${describe(node)}`;
    reader.error('WRONG_TYPE', node.at, message, example);
    return undefined;
  }
  const text = node.value;
  const [, hours, minutes] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (minute <= (key === 'to' ? DAY_MINUTES : DAY_MINUTES - 1)) return minute;
  const hint = `write hours and minutes, ${example}`;
  reader.error('OPERAND', node.at, `"${text}" is no time of day`, hint);
  return undefined;
}

type Bound = (instant: number, now: WallTime) => boolean;

/** From `after` on, and no longer from `before` on. Dates begin at midnight in the zone. */
function readBounds(map: MapNode, reader: Reader): Bound | undefined {
  const after = readBound(child(map, 'after'), 'after', reader);
  const before = readBound(child(map, 'before'), 'before', reader);
  if (after === 'wrong' || before === 'wrong') return undefined;
  if (after !== undefined && typeof after === typeof before && after >= (before as typeof after)) {
    reader.error('OPERAND', map.at, '"after" is not earlier than "before", so no time fits');
  }
  const reached = (bound: string | number, instant: number, { date }: WallTime) =>
    typeof bound === 'number' ? instant >= bound : date >= bound;
  return (instant, now) =>
    (after === undefined || reached(after, instant, now)) &&
    (before === undefined || !reached(before, instant, now));
}

/** A date as text, or an instant as a number. */
function readBound(
  node: Node | undefined,
  key: string,
  reader: Reader,
): string | number | undefined | 'wrong' {
  if (!node) return undefined;
  const text = reader.text(node, key);
  if (text === undefined) return 'wrong';
  const instant = readInstant(DATE.test(text) ? `${text}T00:00:00Z` : text);
  if (instant !== undefined) return DATE.test(text) ? text : instant;
  const hint = 'write a date (2026-01-31) or an instant (2026-01-31T08:00:00Z)';
  reader.error('OPERAND', node.at, `"${text}" is no time`, hint);
  return 'wrong';
}
