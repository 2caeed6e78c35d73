import type { Detector, Span } from '../detector.ts';
import { isHex, isWord } from './context/ascii.ts';
import { digitWords } from './context/digit-words.ts';
import { topicsAround } from './context/topics.ts';
import { inVisible } from './context/visible-text.ts';

/** A form with its separator, looked for from each of those. */
interface Form {
  readonly separator: string;
  /** Hex digits in a group. */
  readonly group: number;
  readonly shape: RegExp;
}

const FORMS: readonly Form[] = [
  { separator: ':', group: 2, shape: /[\da-f]{2}(?::[\da-f]{2}){5}(?:(?::[\da-f]{2}){2})?/iy },
  { separator: '-', group: 2, shape: /[\da-f]{2}(?:-[\da-f]{2}){5}(?:(?:-[\da-f]{2}){2})?/iy },
  { separator: '.', group: 4, shape: /[\da-f]{4}(?:\.[\da-f]{4}){2}(?:\.[\da-f]{4})?/iy },
];
const GROUP_OF_DOTS = 4;
const PLAIN = /^[\da-f]{12}$/i;
const PLAIN_LENGTH = 12;
/** A date and time of day: `26-11-21-17-30-00`. */
const MOMENT = /^\d\d-(?:0\d|1[0-2])-[0-3]\d-[0-2]\d-[0-5]\d-[0-5]\d/;
/** An address of nobody, and that of everybody. */
const NOBODY = /^(?:[0:.-]+|[f:.-]+)$/i;

/**
 * Hardware addresses (IEEE EUI-48 and EUI-64): pairs of hex digits with colons or hyphens, fours
 * with dots. With dots and no letter, with hyphens and like a date and time, and twelve hex digits
 * together, only where a word or the field says so. Longer rows of pairs (fingerprints) are not
 * taken, nor all zeros, nor the broadcast address.
 */
export const macAddress: Detector = {
  name: 'mac-address',
  needs: { length: PLAIN_LENGTH },
  find: inVisible(findMacs),
};

function findMacs(text: string, field?: string): Span[] {
  const spans: Span[] = [];
  for (const form of FORMS) findForm(text, field, form, spans);
  findPlain(text, field, spans);
  return spans.sort((a, b) => a.start - b.start);
}

function findForm(text: string, field: string | undefined, form: Form, spans: Span[]): void {
  const { separator, group, shape } = form;
  const code = separator.charCodeAt(0);
  let at = text.indexOf(separator, group);
  while (at !== -1) {
    let next = at + 1;
    if (
      // The second and third separator rule out most before the whole shape is looked at.
      text.charCodeAt(at + 1 + group) === code &&
      isHex(text.charCodeAt(at + 1)) &&
      isHex(text.charCodeAt(at - 1)) &&
      (group === GROUP_OF_DOTS || text.charCodeAt(at + 2 * (1 + group)) === code)
    ) {
      const start = at - group;
      shape.lastIndex = start;
      if (shape.test(text)) {
        const end = shape.lastIndex;
        if (isMac(text, start, end, field, separator)) {
          spans.push({ start, end });
          next = end;
        }
      }
    }
    at = text.indexOf(separator, next);
  }
}

function findPlain(text: string, field: string | undefined, spans: Span[]): void {
  const { count, longest, starts, lengths } = digitWords(text);
  if (longest < PLAIN_LENGTH) return;
  for (let word = 0; word < count; word++) {
    if (lengths[word] !== PLAIN_LENGTH) continue;
    const start = starts[word] as number;
    const end = start + PLAIN_LENGTH;
    if (!PLAIN.test(text.slice(start, end)) || !isWhole(text, start, end, '-')) continue;
    if (isNear(text, start, end, field)) spans.push({ start, end });
  }
}

function isMac(
  text: string,
  start: number,
  end: number,
  field: string | undefined,
  separator: string,
): boolean {
  const written = text.slice(start, end);
  if (NOBODY.test(written) || !isWhole(text, start, end, separator)) return false;
  if (separator === ':' || /[a-f]/i.test(written)) return true;
  return (separator === '-' && !MOMENT.test(written)) || isNear(text, start, end, field);
}

function isNear(text: string, start: number, end: number, field: string | undefined): boolean {
  return topicsAround(text, start, end, field).near.includes('mac-address');
}

function isWhole(text: string, start: number, end: number, separator: string): boolean {
  if (isWord(text.charCodeAt(start - 1)) || isWord(text.charCodeAt(end))) return false;
  const tied = text.charAt(start - 1) === separator && isWord(text.charCodeAt(start - 2));
  // In front of the first colon may stand a name: "mac:aa:bb:...".
  if (tied && (separator !== ':' || isPair(text, start - 3))) return false;
  return !(text.charAt(end) === separator && isWord(text.charCodeAt(end + 1)));
}

function isPair(text: string, from: number): boolean {
  const both = isHex(text.charCodeAt(from)) && isHex(text.charCodeAt(from + 1));
  return both && !isWord(text.charCodeAt(from - 1));
}
