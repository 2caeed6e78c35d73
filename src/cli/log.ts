import { styleText } from 'node:util';
import { type DestinationStream, pino } from 'pino';
import type { Log } from '../model/seams.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A log of JSON lines, for machines. */
export function jsonLog(level: LogLevel, destination: DestinationStream): Log {
  const formatters = { level: (label: string) => ({ level: label }) };
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters };
  return pino(options, destination);
}

const weights = { debug: 20, info: 30, warn: 40, error: 50 } as const;
const colours = { debug: 'gray', info: 'green', warn: 'yellow', error: 'red' } as const;

/** A log for people: a line with the message, and what it is about. */
export function textLog(level: LogLevel, write: (text: string) => void, colour: boolean): Log {
  const line = (of: LogLevel) => (fields: object, message: string) => {
    if (weights[of] < weights[level]) return;
    const time = new Date().toTimeString().slice(0, 8);
    const word = colour ? styleText(colours[of], of.padEnd(5), { validateStream: false }) : of;
    write(`${time} ${word} ${message}${facts(fields)}\n`);
  };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

/** `key=value` pairs; lists of texts get a line each. */
function facts(fields: object): string {
  return Object.entries(fields)
    .map(([key, value]) => {
      if (!Array.isArray(value)) return ` ${key}=${plain(value)}`;
      return value.map((item) => `\n    ${plain(item)}`).join('');
    })
    .join('');
}

/** Text of others must not steer the terminal. */
function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
