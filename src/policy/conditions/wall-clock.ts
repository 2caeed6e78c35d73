/** What the clocks of a zone show. */
export interface WallTime {
  /** `2026-01-31`. */
  readonly date: string;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Minutes since midnight. */
  readonly minute: number;
}

/** Tells the time of a zone at an instant, in milliseconds since the epoch. */
export type WallClock = (instant: number) => WallTime;

const MINUTE = 60_000;

/** Zones are few and making a clock is slow: each is made once. */
const clocks = new Map<string, WallClock | undefined>([['UTC', utcTime]]);

/** The clock of an IANA zone such as `Europe/Berlin`, with its summer time; undefined where there is no such zone. */
export function wallClock(zone: string): WallClock | undefined {
  if (!clocks.has(zone)) clocks.set(zone, makeClock(zone));
  return clocks.get(zone);
}

/** The names of all zones. */
export function zoneNames(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')];
}

function makeClock(zone: string): WallClock | undefined {
  const format = formatOf(zone);
  if (!format) return undefined;
  let known = Number.NaN;
  let shown: WallTime = utcTime(0);
  return (instant) => {
    const minute = Math.floor(instant / MINUTE);
    if (minute !== known) {
      const [year, month, day, hour, minutes] = partsIn(format, minute * MINUTE);
      // Date.UTC takes the years up to 99 for those of the last century.
      shown = utcTime(
        new Date(Date.UTC(2000, month, day, hour, minutes)).setUTCFullYear(year, month, day),
      );
      known = minute;
    }
    return shown;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn-hc-h23', {
      timeZone,
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    });
  } catch {
    return undefined;
  }
}

function partsIn(
  format: Intl.DateTimeFormat,
  instant: number,
): [number, number, number, number, number] {
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  return [number('year'), number('month') - 1, number('day'), number('hour'), number('minute')];
}

function utcTime(instant: number): WallTime {
  const date = new Date(instant);
  return {
    date: date.toISOString().slice(0, 10),
    weekday: date.getUTCDay(),
    minute: date.getUTCHours() * 60 + date.getUTCMinutes(),
  };
}
