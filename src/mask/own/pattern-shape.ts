/** What can be told of a pattern's findings by how it is written. */
export interface PatternShape {
  /** UTF-16 code units that every finding has. */
  readonly least: number;
  /** The most that one can have; infinite where a repetition has no end. */
  readonly most: number;
  /** ASCII digits that every finding has. */
  readonly digits: number;
  /** A finding may go over the end of a line; surely not where this is false. */
  readonly spansLines: boolean;
  /**
   * A repetition without end stands where it may be left out, or beside an alternative. To find the shorter text it
   * would be read to the end of the longer one, again and again, which takes quadratic time.
   */
  readonly isCostly: boolean;
}

type Shape = { -readonly [Key in keyof PatternShape]: PatternShape[Key] };

const QUANTIFIER = /(?:([*+?])|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})\??/y;
const GROUP = /\((?:\?(?:P?<\w+>|[imsU-]*:|[imsU-]*(?=\))))?/y;
const QUOTED = /\\Q([\s\S]*?)(?:\\E|$)/y;
const ESCAPE = /\\(?:x\{[\da-fA-F]+\}|x[\da-fA-F]{2}|[pP](?:\{\^?\w+\}|\w)|[0-7]{1,3}|[\s\S])/y;
const CLASS = /\[\^?\]?(?:\[:\^?\w+:\]|\\Q[\s\S]*?\\E|\\[\s\S]|[^\]\\])*\]/y;
/** What may take a line's end: `.` does in the mode `s`. */
const LINE_END = /^(?:\[\^|[\s\S]*(?:\\[sDWPxnrQ0-9]|\[:(?:\^|space|cntrl)|\p{Cc}))/u;
const NOTHING = ['\\b', '\\B', '\\A', '\\z'];
const DIGITS = ['\\d', '[0-9]', '[\\d]', '[[:digit:]]'];

/** Reads the shape of a pattern that RE2 has compiled. */
export function patternShape(pattern: string): PatternShape {
  return new Reading(pattern).alternatives();
}

class Reading {
  readonly #text: string;
  /** The mode `s` is set somewhere. */
  readonly #dotTakesAll: boolean;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#dotTakesAll = /\(\?[imU]*s/.test(text);
  }

  alternatives(): Shape {
    const branches = [this.#sequence()];
    while (this.#text[this.#at] === '|') {
      this.#at++;
      branches.push(this.#sequence());
    }
    const of = (key: 'least' | 'most' | 'digits') => branches.map((branch) => branch[key]);
    const most = Math.max(...of('most'));
    const isCostly =
      branches.some((branch) => branch.isCostly) || (branches.length > 1 && most === Infinity);
    const spansLines = branches.some((branch) => branch.spansLines);
    const [least, digits] = [Math.min(...of('least')), Math.min(...of('digits'))];
    return { least, most, digits, spansLines, isCostly };
  }

  #sequence(): Shape {
    const sum = ofText('');
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at] ?? '')) {
      const part = this.#repeated(this.#atom());
      sum.least += part.least;
      sum.most += part.most;
      sum.digits += part.digits;
      sum.spansLines ||= part.spansLines;
      sum.isCostly ||= part.isCostly;
    }
    return sum;
  }

  #repeated(atom: Shape): Shape {
    let shape = atom;
    // A second quantifier, as in `(?:a{2}){3}` without the group, is none of RE2's.
    for (let match = this.#take(QUANTIFIER); match; match = this.#take(QUANTIFIER)) {
      const [, sign, count = '0', comma, limit] = match;
      const from = sign === undefined ? Number(count) : Number(sign === '+');
      const exactly = sign === undefined ? from : 1;
      const open = sign === undefined ? comma !== undefined && limit === undefined : sign !== '?';
      const to = open ? Infinity : limit === undefined ? exactly : Number(limit);
      const isCostly = shape.isCostly || (shape.most === Infinity && from === 0);
      shape = {
        ...shape,
        least: shape.least * from,
        most: shape.most === 0 || to === 0 ? 0 : shape.most * to,
        digits: shape.digits * from,
        isCostly,
      };
    }
    return shape;
  }

  #atom(): Shape {
    const quoted = this.#take(QUOTED);
    if (quoted) return ofText(quoted[1] ?? '');
    const group = this.#take(GROUP);
    if (group) {
      const inner = this.alternatives();
      this.#at++;
      return inner;
    }
    const set = this.#take(CLASS)?.[0] ?? this.#take(ESCAPE)?.[0];
    const one = set ?? String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    if (set === undefined) this.#at += one.length;
    if (one === '^' || one === '$' || NOTHING.includes(one)) return ofText('');
    const digits = DIGITS.includes(one) || /^\d$/.test(one) ? 1 : 0;
    // A set may take a character of two units, and without regard to case one of another length.
    const spansLines = one === '.' ? this.#dotTakesAll : LINE_END.test(one);
    return { least: 1, most: 2, digits, spansLines, isCostly: false };
  }

  #take(what: RegExp): RegExpExecArray | undefined {
    what.lastIndex = this.#at;
    const match = what.exec(this.#text);
    if (!match) return undefined;
    this.#at = what.lastIndex;
    return match;
  }
}

function ofText(text: string): Shape {
  const { length } = text;
  const digits = text.replace(/\D/g, '').length;
  return { least: length, most: length, digits, spansLines: text.includes('\n'), isCostly: false };
}
