import type { DetectorFamily, Span } from '../../detector.ts';
import type { Surroundings } from '../context/context.ts';
import { digitWords } from '../context/digit-words.ts';
import { type Topic, topicsAround } from '../context/topics.ts';
import { visible } from '../context/visible-text.ts';
import type { Identifier } from './identifier.ts';
import {
  compactAt,
  compileForm,
  type Form,
  isPartOfMore,
  mayBeAnchor,
  standsAt,
} from './identifier-form.ts';

/** A kind of identifier that is written in a form, and whether the form says enough by itself. */
interface Use {
  readonly kind: number;
  readonly spec: Identifier;
  readonly alone: boolean;
}

/** A form, and all kinds that are written so. */
interface Shared {
  readonly form: Form;
  readonly uses: Use[];
}

/** The forms that a word may be the anchor of, by what stands beside it. */
interface Forms {
  readonly plain: Shared[];
  readonly behind: (Shared[] | undefined)[];
  readonly before: (Shared[] | undefined)[];
}

const ASCII = 128;
/** Combinations of kinds of characters. */
const KINDS = 8;
const MAX_LENGTH = 64;
const NOTHING: readonly Span[] = [];

/**
 * Looks for identifiers of many kinds in one pass over the words of a text that hold a digit: the
 * length of a word, its characters and its neighbours lead to the few forms that it may be a part
 * of, and a form that several kinds have is compared once.
 */
export class IdentifierSearch implements DetectorFamily {
  readonly #forms: (Forms | undefined)[] = new Array((MAX_LENGTH + 1) * KINDS).fill(undefined);
  readonly #found: Span[][];
  // Every kind asks about the same text in turn.
  #text = '';
  #field: string | undefined;
  #isEmpty = true;

  constructor(specs: readonly Identifier[]) {
    this.#found = specs.map(() => []);
    const shared = new Map<string, Shared>();
    for (const [kind, spec] of specs.entries()) {
      for (const form of spec.alone ?? []) share(shared, form, { kind, spec, alone: true });
      for (const form of spec.inContext ?? []) share(shared, form, { kind, spec, alone: false });
    }
    for (const one of shared.values()) this.#add(one);
  }

  finds(text: string, field: string | undefined): boolean {
    if (text !== this.#text || field !== this.#field) this.#look(text, field);
    return !this.#isEmpty;
  }

  /** Where identifiers of a kind stand; a list that nobody else has. */
  spans(text: string, field: string | undefined, kind: number): readonly Span[] {
    return this.finds(text, field) ? (this.#found[kind] ?? NOTHING) : NOTHING;
  }

  #add(shared: Shared): void {
    const { form } = shared;
    for (let kinds = 1; kinds < KINDS; kinds++) {
      if (!mayBeAnchor(form, kinds)) continue;
      const at = form.length * KINDS + kinds;
      const forms: Forms = this.#forms[at] ?? {
        plain: [],
        behind: new Array(ASCII).fill(undefined),
        before: new Array(ASCII).fill(undefined),
      };
      this.#forms[at] = forms;
      if (!form.hint) forms.plain.push(shared);
      else {
        const list = form.hint.behind ? forms.behind : forms.before;
        const { code } = form.hint;
        list[code] = [...(list[code] ?? []), shared];
      }
    }
  }

  #look(text: string, field: string | undefined): void {
    if (!this.#isEmpty) {
      for (let i = 0; i < this.#found.length; i++) {
        if (this.#found[i]?.length !== 0) this.#found[i] = [];
      }
      this.#isEmpty = true;
    }
    const { text: seen, places } = visible(text);
    this.#lookAt(seen, field);
    this.#text = text;
    this.#field = field;
    if (this.#isEmpty) return;
    for (let i = 0; i < this.#found.length; i++) {
      const spans = this.#found[i] as Span[];
      if (spans.length > 1) this.#found[i] = withoutOverlap(spans);
      if (places) this.#found[i] = (this.#found[i] ?? spans).map((span) => sourceOf(span, places));
    }
  }

  #lookAt(text: string, field: string | undefined): void {
    const { count, starts, lengths, kinds } = digitWords(text);
    for (let word = 0; word < count; word++) {
      const length = lengths[word] as number;
      if (length > MAX_LENGTH) continue;
      const forms = this.#forms[length * KINDS + (kinds[word] as number)];
      if (forms === undefined) continue;
      const place = starts[word] as number;
      const behind = text.charCodeAt(place + length);
      const before = place > 0 ? text.charCodeAt(place - 1) : ASCII;
      if (forms.plain.length > 0) this.#tryAll(forms.plain, text, place, field);
      if (behind < ASCII) {
        const list = forms.behind[behind];
        if (list !== undefined) this.#tryAll(list, text, place, field);
      }
      if (before < ASCII) {
        const list = forms.before[before];
        if (list !== undefined) this.#tryAll(list, text, place, field);
      }
    }
  }

  #tryAll(list: readonly Shared[], text: string, place: number, field: string | undefined): void {
    for (let i = 0; i < list.length; i++) {
      const shared = list[i] as Shared;
      const start = place - shared.form.anchor;
      if (standsAt(shared.form, text, start)) this.#try(shared, text, start, field);
    }
  }

  /** Something in a form: which of the kinds that are written so it is. */
  #try({ form, uses }: Shared, text: string, start: number, field: string | undefined): void {
    const end = start + form.codes.length;
    let around: Surroundings<Topic> | undefined;
    let compact: string | undefined;
    for (let i = 0; i < uses.length; i++) {
      const { spec, kind, alone } = uses[i] as Use;
      if (!alone) {
        around ??= topicsAround(text, start, end, field);
        if (!isInContext(around, spec.name)) continue;
      }
      compact ??= compactAt(form, text, start);
      if (!spec.valid(compact)) continue;
      if (alone) {
        const convincing =
          !isPartOfMore(text, start, end, form.blanks) && (spec.convinces?.(compact) ?? true);
        if (!(convincing && spec.proven === true)) {
          around ??= topicsAround(text, start, end, field);
          const { near, label } = around;
          if (!near.includes(spec.name) && !(convincing && label.length === 0)) continue;
        }
      }
      this.#isEmpty = false;
      this.#found[kind]?.push({ start, end });
    }
  }
}

function share(known: Map<string, Shared>, form: string, use: Use): void {
  const shared = known.get(form) ?? { form: compileForm(form), uses: [] };
  shared.uses.push(use);
  known.set(form, shared);
}

/** Whether the words around say that it is one, and no nearer word that it is something else. */
function isInContext({ near, label }: Surroundings<Topic>, name: Topic): boolean {
  if (near.length === 0 || !near.includes(name)) return false;
  return label.length === 0 || label.includes(name);
}

function sourceOf({ start, end }: Span, places: readonly number[]): Span {
  return { start: places[start] ?? start, end: (places[end - 1] ?? end - 1) + 1 };
}

function withoutOverlap(spans: Span[]): Span[] {
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return spans.filter((span) => {
    const apart = span.start >= end;
    if (apart) end = span.end;
    return apart;
  });
}
