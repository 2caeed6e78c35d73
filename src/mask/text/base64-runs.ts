import type { Span } from '../detector.ts';
import { decodeBase64, holdsText } from './base64-text.ts';
import { SHORTEST_RUN } from './text-look.ts';

/** Base64 inside a text that is itself text once it is decoded. */
export interface Base64Run extends Span {
  readonly decoded: string;
  /** Another text in the manner of this run: alphabet, padding, length of lines. */
  encode(text: string): string;
}

/** A line that goes on in the next one is at least so long (MIME has 76 characters, PEM 64). */
const SHORTEST_LINE = 40;
const LINE = /\r?\n([A-Za-z0-9+/_-]+)/y;
const [PLUS, HYPHEN, DOT, SLASH, EQUALS, LOW_LINE] = [0x2b, 0x2d, 0x2e, 0x2f, 0x3d, 0x5f];
const MAX_PADDING = 2;

/**
 * Base64 and base64url (RFC 4648, sections 4 and 5) inside a text, lines of it too, that decode to UTF-8 text.
 *
 * @param stretches what base64 could be, as a look at the text tells it
 */
export function base64Runs(text: string, stretches: readonly number[]): Base64Run[] {
  const runs: Base64Run[] = [];
  let done = 0;
  for (let i = 0; i < stretches.length; i += 2) {
    const start = stretches[i] as number;
    const first = stretches[i + 1] as number;
    if (start < done) continue;
    const end = first - start < SHORTEST_LINE ? first : linesEnd(text, start, first);
    const run = decodeRun(text, start, end);
    if (run) runs.push(run);
    else if (end === first) addParts(runs, text, start, end);
    done = run ? run.end : end;
  }
  return runs;
}

/** Where lines of base64 end whose first one ends at an index. */
function linesEnd(text: string, start: number, first: number): number {
  let end = first;
  let length = end - start;
  while (length >= SHORTEST_LINE) {
    LINE.lastIndex = end;
    const line = LINE.exec(text)?.[1];
    // Only the last line is shorter than the first, and none is longer.
    if (line === undefined || line.length > first - start) break;
    end = LINE.lastIndex;
    length = line.length === first - start ? length : 0;
  }
  return end;
}

/** What signs part base64 from something else that are characters of it themselves: the path of a URL, a name. */
function addParts(runs: Base64Run[], text: string, start: number, end: number): void {
  let from = start;
  for (let i = start; i <= end; i++) {
    if (i < end && !isSign(text.charCodeAt(i))) continue;
    const isPart = i - from >= SHORTEST_RUN && i - from < end - start;
    const run = isPart ? decodeRun(text, from, i) : undefined;
    if (run) runs.push(run);
    from = i + 1;
  }
}

function isSign(code: number): boolean {
  return code === SLASH || code === HYPHEN || code === LOW_LINE || code === PLUS;
}

function decodeRun(text: string, start: number, end: number): Base64Run | undefined {
  // Most are ruled out by one of their first bytes, before anything is copied.
  if (!holdsText(text, start, end)) return undefined;
  const written = text.slice(start, end);
  const isUrl = written.includes('-') || written.includes('_');
  if (isUrl && (written.includes('+') || written.includes('/'))) return undefined;
  let last = end;
  while (last < end + MAX_PADDING && text.charCodeAt(last) === EQUALS) last++;
  // A part of a JSON Web Token has no padding, whatever its length.
  const isPart = text.charCodeAt(end) === DOT || text.charCodeAt(start - 1) === DOT;
  const isFull = !isUrl && !isPart && written.length % 4 === 0;
  const isPadded = last > end || isFull;
  const encode = (changed: string) => encodeLike(changed, written, isUrl, isPadded);
  return { start, end: last, decoded: decodeBase64(written), encode };
}

function encodeLike(text: string, like: string, isUrl: boolean, padded: boolean): string {
  // Base64 is padded, base64url is not.
  const full = Buffer.from(text, 'utf8').toString(isUrl ? 'base64url' : 'base64');
  const written = padded
    ? full.padEnd(Math.ceil(full.length / 4) * 4, '=')
    : full.replace(/=+$/, '');
  const newline = like.includes('\n') ? /\r?\n/.exec(like) : null;
  if (!newline) return written;
  const lines = written.match(new RegExp(`.{1,${newline.index}}`, 'g')) ?? [];
  return lines.join(newline[0]);
}
