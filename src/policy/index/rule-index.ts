import { atOnce } from '../../document/at-once.ts';
import type { TargetPattern } from '../ast.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { compileGlob, hasWildcard, type NameTest } from '../glob.ts';
import type { Target, TargetKind } from '../subject.ts';

/** Names seen are remembered up to this many per upstream, then forgotten at once: names come from outside. */
const MAX_REMEMBERED = 4096;
/** Longer names are looked up each time, so that what is remembered stays small. */
const MAX_REMEMBERED_LENGTH = 1024;
/** The rules that they have been found to have may be so many in all. */
const MAX_REMEMBERED_RULES = 1_000_000;

interface Slot {
  readonly order: number;
  readonly rule: CompiledRule;
}

/** Rules, filed by what they are about. */
interface Files {
  readonly always: Slot[];
  readonly exact: Map<string, Slot[]>;
  readonly globs: { readonly kind: TargetKind; readonly test: NameTest; readonly slot: Slot }[];
}

/** A target with the method of the message that names it. */
export interface AskedTarget {
  readonly target: Target;
  readonly method: string;
}

/** Rules between two rests. */
const STEP = 500;

/** Finds the rules of one upstream that are about a target, without asking the others. */
export class RuleIndex {
  readonly rules: readonly CompiledRule[];
  /** What all targets that no rule names have in common. */
  readonly #unnamed: readonly CompiledRule[];
  readonly #files: Files;
  readonly #remembered = new Map<string, readonly CompiledRule[]>();
  #rememberedRules = 0;

  constructor(rules: readonly CompiledRule[], files = atOnce(fileInSteps(rules))) {
    this.rules = rules;
    this.#files = files;
    this.#unnamed = files.always.map(({ rule }) => rule);
  }

  /** Makes one in steps. */
  static *inSteps(rules: readonly CompiledRule[]): Generator<void, RuleIndex> {
    return new RuleIndex(rules, yield* fileInSteps(rules));
  }

  /** The last names of targets that were asked for, so many at most. */
  lastAsked(most: number): AskedTarget[] {
    return [...this.#remembered.keys()].slice(-most).map((key) => {
      const [kind = '', method = '', ...name] = key.split('\n');
      return { target: { kind: kind as TargetKind, name: name.join('\n') }, method };
    });
  }

  /** Rules about this target, by what it names or by its method, in their order. */
  about(target: Target, method: string): readonly CompiledRule[] {
    const key = `${target.kind}\n${method}\n${target.name}`;
    const known = this.#remembered.get(key);
    if (known) return known;
    const found = this.#search(target, method);
    if (key.length <= MAX_REMEMBERED_LENGTH) this.#remember(key, found);
    return found;
  }

  #remember(key: string, found: readonly CompiledRule[]): void {
    const own = found === this.#unnamed ? 0 : found.length;
    const rules = this.#rememberedRules + own;
    const isFull = this.#remembered.size >= MAX_REMEMBERED || rules > MAX_REMEMBERED_RULES;
    if (isFull) this.#remembered.clear();
    this.#rememberedRules = isFull ? own : rules;
    this.#remembered.set(key, found);
  }

  #search(target: Target, method: string): readonly CompiledRule[] {
    const { always, exact, globs } = this.#files;
    const byGlob: Slot[] = [];
    for (const { kind, test, slot } of globs) {
      const byName = kind === target.kind && test(target.name);
      if (!byName && !(kind === 'methods' && test(method))) continue;
      if (byGlob.at(-1) !== slot) byGlob.push(slot);
    }
    const named = exact.get(`${target.kind}\n${target.name}`) ?? [];
    const ofMethod = exact.get(`methods\n${method}`) ?? [];
    const found = [named, ofMethod, byGlob].filter((slots) => slots.length > 0);
    if (found.length === 0) return this.#unnamed;
    if (always.length > 0) found.push(always);
    return inOrder(found).map(({ rule }) => rule);
  }
}

function* fileInSteps(rules: readonly CompiledRule[]): Generator<void, Files> {
  const files: Files = { always: [], exact: new Map(), globs: [] };
  for (const [order, rule] of rules.entries()) {
    if (order % STEP === STEP - 1) yield;
    file({ order, rule }, files);
  }
  return files;
}

function file(slot: Slot, files: Files): void {
  if (!slot.rule.on) files.always.push(slot);
  for (const pattern of slot.rule.on ?? []) {
    for (const glob of pattern.globs) fileGlob(pattern, glob, slot, files);
  }
}

function fileGlob({ kind }: TargetPattern, glob: string, slot: Slot, files: Files): void {
  if (hasWildcard(glob)) {
    const test = compileGlob(glob, kind === 'resources' ? '/' : undefined);
    files.globs.push({ kind, test, slot });
    return;
  }
  const key = `${kind}\n${glob}`;
  const slots = files.exact.get(key);
  if (!slots) files.exact.set(key, [slot]);
  else if (slots.at(-1) !== slot) slots.push(slot);
}

/** Each slot once, in the order of rules, which single lists have already. */
function inOrder(lists: readonly (readonly Slot[])[]): readonly Slot[] {
  const [only = [], ...more] = lists;
  if (more.length === 0) return only;
  return [...new Set(lists.flat())].sort((a, b) => a.order - b.order);
}
