/** What a person would call sensitive in a text: where it is, and how far a finding of it may reach. */
export interface Label {
  /** Of what kind: the name of a detector. */
  readonly what: string;
  readonly start: number;
  readonly end: number;
  /** A finding may run over to here (a title before a name, the address around a password). */
  readonly from: number;
  readonly to: number;
}

/** One text as a detector gets it, with the field that holds it. */
export interface Piece {
  readonly text: string;
  readonly field?: string;
  readonly labels: readonly Label[];
}

export interface CorpusDocument {
  readonly format: string;
  readonly country: string;
  readonly pieces: readonly Piece[];
}

/** A value for a text: sensitive where it says what it is, with more around it that may go as well. */
export interface Planted {
  readonly text: string;
  readonly what?: string;
  readonly before?: string;
  readonly after?: string;
}

export type Slots = (name: string) => Planted | string;

/** Fills the `{slots}` of a template and says where the sensitive ones came to stand. */
export function fill(template: string, slots: Slots, field?: string): Piece {
  const labels: Label[] = [];
  let text = '';
  let last = 0;
  for (const found of template.matchAll(/\{([a-z0-9][a-z0-9:-]*)\}/g)) {
    text += template.slice(last, found.index);
    last = found.index + found[0].length;
    const value = slots(found[1] ?? '');
    const planted = typeof value === 'string' ? { text: value } : value;
    const { before = '', after = '', what } = planted;
    const from = text.length;
    text += before + planted.text + after;
    const to = text.length;
    const [start, end] = [from + before.length, to - after.length];
    if (what !== undefined) labels.push({ what, start, end, from, to });
  }
  text += template.slice(last);
  return field === undefined ? { text, labels } : { text, field, labels };
}

/** Texts one after the other, as one. */
export function join(pieces: readonly Piece[], between: string): Piece {
  const labels: Label[] = [];
  let text = '';
  for (const piece of pieces) {
    if (text !== '') text += between;
    const by = text.length;
    for (const { what, start, end, from, to } of piece.labels) {
      labels.push({ what, start: start + by, end: end + by, from: from + by, to: to + by });
    }
    text += piece.text;
  }
  return { text, labels };
}
