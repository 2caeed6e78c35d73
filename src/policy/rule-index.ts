import type { TargetPattern } from './ast.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { compileGlob, hasWildcard, type NameTest } from './glob.ts';
import type { Target, TargetKind } from './subject.ts';

/** Names seen are remembered up to this many per upstream, then forgotten at once: names come from outside. */
const MAX_REMEMBERED = 4096;
/** Longer names are looked up each time, so that what is remembered stays small. */
const MAX_REMEMBERED_LENGTH = 1024;

/** How much of what a template can expand to a glob fits. */
export type Coverage = 'all' | 'some' | 'none';

function fitsAll(glob: string): boolean {
  return glob === '*' || glob === '**';
}

/** Judged by the literal beginnings of both; what can't be told apart that way counts as `some`. */
function coverage(glob: string, template: string): Coverage {
  if (fitsAll(glob)) return 'all';
  const fixed = /^[^{]*/.exec(template)?.[0] ?? '';
  const head = /^[^*?]*/.exec(glob)?.[0] ?? '';
  if (glob === `${head}**` && fixed.startsWith(head)) return 'all';
  return fixed.startsWith(head) || head.startsWith(fixed) ? 'some' : 'none';
}

interface Slot {
  readonly order: number;
  readonly rule: CompiledRule;
}

/** Finds the rules of one upstream that are about a target, without asking the others. */
export class RuleIndex {
  readonly rules: readonly CompiledRule[];
  readonly #always: Slot[] = [];
  readonly #exact = new Map<string, Slot[]>();
  readonly #globs: { kind: TargetKind; test: NameTest; slot: Slot }[] = [];
  readonly #remembered = new Map<string, readonly CompiledRule[]>();

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules;
    for (const [order, rule] of rules.entries()) this.#add({ order, rule });
  }

  /** Rules about this target, by what it names or by its method, in their order. */
  about(target: Target, method: string): readonly CompiledRule[] {
    const key = `${target.kind}\n${method}\n${target.name}`;
    const known = this.#remembered.get(key);
    if (known) return known;
    const found = this.#search(target, method);
    if (key.length > MAX_REMEMBERED_LENGTH) return found;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, found);
    return found;
  }

  /** Rules about some or all of the URIs that a template (RFC 6570) can expand to. */
  aboutTemplate(template: string): { rule: CompiledRule; covers: Coverage }[] {
    return this.rules.flatMap((rule): { rule: CompiledRule; covers: Coverage }[] => {
      if (!rule.on) return [{ rule, covers: 'all' }];
      const globs = rule.on.flatMap(({ kind, globs }) => {
        if (kind === 'methods')
          return globs.some((g) => compileGlob(g)('resources/read')) ? ['**'] : [];
        return kind === 'resources' ? globs : [];
      });
      const coverages = globs.map((glob) => coverage(glob, template));
      if (coverages.includes('all')) return [{ rule, covers: 'all' }];
      return coverages.includes('some') ? [{ rule, covers: 'some' }] : [];
    });
  }

  /** Rules about some or all messages of a method that name something of a kind. */
  aboutUse(kind: TargetKind, method: string): { rule: CompiledRule; covers: Coverage }[] {
    return this.rules.flatMap((rule): { rule: CompiledRule; covers: Coverage }[] => {
      const patterns = rule.on?.filter((pattern) =>
        pattern.kind === 'methods'
          ? pattern.globs.some((glob) => compileGlob(glob)(method))
          : pattern.kind === kind,
      );
      if (patterns?.length === 0) return [];
      const all = (patterns ?? []).some(
        (pattern) => pattern.kind === 'methods' || pattern.globs.some(fitsAll),
      );
      return [{ rule, covers: all || !patterns ? 'all' : 'some' }];
    });
  }

  #add(slot: Slot): void {
    if (!slot.rule.on) this.#always.push(slot);
    for (const pattern of slot.rule.on ?? []) {
      for (const glob of pattern.globs) this.#addGlob(pattern, glob, slot);
    }
  }

  #addGlob({ kind }: TargetPattern, glob: string, slot: Slot): void {
    if (hasWildcard(glob)) {
      const test = compileGlob(glob, kind === 'resources' ? '/' : undefined);
      this.#globs.push({ kind, test, slot });
      return;
    }
    const key = `${kind}\n${glob}`;
    const slots = this.#exact.get(key);
    if (slots) slots.push(slot);
    else this.#exact.set(key, [slot]);
  }

  #search(target: Target, method: string): readonly CompiledRule[] {
    const found = new Set(this.#always);
    for (const slot of this.#exact.get(`${target.kind}\n${target.name}`) ?? []) found.add(slot);
    for (const slot of this.#exact.get(`methods\n${method}`) ?? []) found.add(slot);
    for (const { kind, test, slot } of this.#globs) {
      const byName = kind === target.kind && test(target.name);
      if (byName || (kind === 'methods' && test(method))) found.add(slot);
    }
    return [...found].sort((a, b) => a.order - b.order).map(({ rule }) => rule);
  }
}
