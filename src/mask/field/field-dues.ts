import { type Due, NONE_DUE } from '../use.ts';
import { fieldLabel, plainName } from './field-name.ts';
import { compileNameGlob } from './name-glob.ts';

/** Names whose answer is remembered; the rest are looked at again each time. */
const MAX_KNOWN = 5_000;
const MAX_KNOWN_LENGTH = 128;

/** Tells for a name of a field what is due to its value. */
export class FieldDues {
  readonly #globs: readonly { readonly matches: (plain: string) => boolean; readonly due: Due }[];
  readonly #known = new Map<string, readonly Due[]>();

  /** @param dues the glob is `what` of their use */
  constructor(dues: readonly Due[]) {
    this.#globs = dues.map((due) => ({ matches: compileNameGlob(due.use.what), due }));
  }

  of(name: string): readonly Due[] {
    const known = this.#known.get(name);
    if (known) return known;
    const due = this.#match(name);
    if (this.#known.size < MAX_KNOWN && name.length <= MAX_KNOWN_LENGTH) this.#known.set(name, due);
    return due;
  }

  #match(name: string): readonly Due[] {
    const plain = plainName(name);
    const matching = this.#globs.filter(({ matches }) => matches(plain));
    if (matching.length === 0) return NONE_DUE;
    const label = fieldLabel(name);
    return matching.map(({ due }) => ({ use: due.use, label, named: label }));
  }
}

/** The same without the name, which must not be told either. */
export function unnamed(due: readonly Due[]): readonly Due[] {
  return due.map(({ use }) => ({ use, label: undefined, named: undefined }));
}
