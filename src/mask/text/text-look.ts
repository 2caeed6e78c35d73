import type { Needs } from '../detector.ts';
import { isWideAt } from './wide.ts';

const ASCII = 0x80;

/** What a look sees: one bit for each kind of character, and for each sign that anything asks for. */
const DIGIT = 1;
const SMALL = 1 << 1;
const CAPITAL = 1 << 2;
const BLANK = 1 << 3;
const CONTROL = 1 << 4;
const OTHER_SIGN = 1 << 5;
/** Other characters than ASCII. */
const FOREIGN = 1 << 6;
/** Of base64 and base64url. */
const IN_BASE64 = 1 << 7;
const FIRST_SIGN = 8;
const SIGNS = '@.:_-%&+=\\/';
/** Shorter stretches of base64 are words, most often, and hold next to nothing: eight bytes. */
export const SHORTEST_RUN = 11;

/** The last of them is for all that is no ASCII. */
const kinds = new Int32Array(ASCII + 1);
for (let code = 0; code < ASCII; code++) kinds[code] = kindOf(String.fromCharCode(code));
kinds[ASCII] = FOREIGN;

function kindOf(one: string): number {
  if (/[0-9]/.test(one)) return DIGIT | IN_BASE64;
  if (/[a-z]/.test(one)) return SMALL | IN_BASE64;
  if (/[A-Z]/.test(one)) return CAPITAL | IN_BASE64;
  const sign = SIGNS.indexOf(one);
  if (sign !== -1) return (1 << (FIRST_SIGN + sign)) | ('+/-_'.includes(one) ? IN_BASE64 : 0);
  if (one === ' ') return BLANK;
  return one < ' ' || one === '\u007f' ? CONTROL : OTHER_SIGN;
}

/** What one pass over a text tells of it, so that most detectors needn't look at most texts. */
export class TextLook {
  readonly length: number;
  readonly digits: number;
  /** The kinds of characters that there are. */
  readonly seen: number;
  /** True where a character may read as another one: full-width, invisible, a letter with its marks apart. */
  readonly isWide: boolean;
  /** Stretches that base64 could be: where each begins and ends, in turn. */
  readonly runs: readonly number[];

  constructor(text: string) {
    const { length } = text;
    let seen = 0;
    let digits = 0;
    let isWide = false;
    let runs = NO_RUNS;
    let from = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      const kind = kinds[code < ASCII ? code : ASCII] as number;
      seen |= kind;
      digits += kind & DIGIT;
      if ((kind & IN_BASE64) !== 0) continue;
      if (i - from >= SHORTEST_RUN) runs = withRun(runs, from, i);
      from = i + 1;
      if (code >= ASCII && !isWide) isWide = isWideAt(text, i);
    }
    if (length - from >= SHORTEST_RUN) runs = withRun(runs, from, length);
    this.length = length;
    this.digits = digits;
    this.seen = seen;
    this.isWide = isWide;
    this.runs = runs;
  }

  /** True where the text may have an ASCII character. */
  has(code: number): boolean {
    return (this.seen & bitOf(code)) !== 0;
  }

  /** True where the text has what a detector needs. */
  may(needs: CompiledNeeds): boolean {
    if (this.length < needs.length || this.digits < needs.digits) return false;
    return needs.oneOf === 0 || (this.seen & needs.oneOf) !== 0;
  }
}

const NO_RUNS: number[] = [];

function withRun(runs: number[], start: number, end: number): number[] {
  if (runs.length === 0) return [start, end];
  runs.push(start, end);
  return runs;
}

/** The bit of a character that a text may be asked for; other signs share one. */
function bitOf(code: number): number {
  return (kinds[code < ASCII ? code : ASCII] ?? 0) & ~IN_BASE64;
}

export interface CompiledNeeds {
  readonly length: number;
  readonly digits: number;
  /** Bits of what a look sees, one of which there must be; 0: whatever there is. */
  readonly oneOf: number;
}

/** Needs as bits, to be compared with a look. */
export function compileNeeds({ length = 1, digits = 0, characters }: Needs = {}): CompiledNeeds {
  let oneOf = 0;
  for (const one of characters ?? '') oneOf |= bitOf(one.charCodeAt(0));
  return { length, digits, oneOf };
}
