import { defaultApproval } from '../approval/demand-of.ts';
import type { TargetPattern } from '../ast.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { compileGlob } from '../glob.ts';
import type { TargetKind } from '../subject.ts';
import { fixedHead, globCovers } from './glob-cover.ts';
import type { Report } from './report.ts';
import { checkUseless } from './useless-masks.ts';

/**
 * Finds rules that never decide, and rules that repeat others. It compares what is written: a rule is found only where
 * another has the same or wider targets and upstreams, and some or none of its conditions.
 */
export class ShadowCheck {
  readonly #cover = new CoverIndex();

  /** Takes in, in steps, all rules, against which single ones are held. */
  takeIn(rules: readonly CompiledRule[]): Generator<void> {
    return this.#cover.takeIn(rules.filter(({ mode }) => mode === 'enforce'));
  }

  check(rule: CompiledRule, report: Report): void {
    const wider = this.#cover.of(rule);
    const winner = wider.find((other) => beats(other, rule));
    const twin = winner ? undefined : wider.find((other) => repeats(rule, other));
    const where = ({ at }: CompiledRule) => ({ hint: `it is at ${at.file}:${at.line}` });
    if (winner) {
      const what = winner.then === 'block' ? 'blocks' : 'asks for approval of';
      const message = `rule "${rule.id}" never decides: "${winner.id}" ${what} all that it matches`;
      report('SHADOWED', rule, message, where(winner));
    } else if (twin) {
      const message = `rule "${rule.id}" adds nothing to "${twin.id}"`;
      report('REDUNDANT', rule, message, where(twin));
    }
    if (rule.masks.length > 0) checkUseless(rule, wider, report);
  }
}

const RANK = { block: 2, approve: 1, allow: 0 } as const;

/** A rule on results beats nothing on the way up. */
function beats(other: CompiledRule, rule: CompiledRule): boolean {
  if (!rule.then || !other.then || other.readsResult) return false;
  const adds = rule.masks.length + rule.limits.length + rule.reveals.length > 0;
  if (other.then === 'approve' && adds) return false;
  return RANK[other.then] > RANK[rule.then];
}

/** The rule says nothing that the other, which matches wherever it does, doesn't say as well. */
function repeats(rule: CompiledRule, other: CompiledRule): boolean {
  if (rule.then === undefined || rule.then !== other.then) return false;
  if (rule.masks.length + rule.limits.length + rule.reveals.length > 0) return false;
  if (rule.denial !== other.denial) return false;
  if (rule.readsResult !== other.readsResult) return false;
  if (rule.then === 'approve' && !asksTheSame(rule, other)) return false;
  // A reason of its own is why a narrower rule that refuses may be there.
  return rule.then === 'allow' || rule.reason === undefined || rule.reason === other.reason;
}

function asksTheSame(
  { approval: one = defaultApproval }: CompiledRule,
  { approval: other = defaultApproval }: CompiledRule,
): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

interface Candidate {
  readonly rule: CompiledRule;
  readonly order: number;
  /** Numbers of the conditions all of which must hold. */
  readonly conjuncts: readonly number[];
}

/** Methods that always come with a target of a kind. */
const METHOD_OF: Partial<Record<TargetKind, string>> = { tools: 'tools/call' };
const NO_CONDITION = -1;
/** Rules between two rests. */
const STEP = 100;
/** Of rules that say much the same only the first ones are held against others, so that a check stays quick. */
const MOST_COMPARED = 100;

function rarestOf(conjuncts: readonly number[], uses: readonly number[]): number {
  let rarest = NO_CONDITION;
  for (const number of conjuncts) {
    if (rarest === NO_CONDITION || (uses[number] ?? 0) < (uses[rarest] ?? 0)) rarest = number;
  }
  return rarest;
}

/**
 * Finds the rules that match wherever another does. Rules are filed by how a glob of theirs begins and by one of their
 * conditions, so that a rule is compared with few others however many there are.
 */
class CoverIndex {
  readonly #files = new Map<string, Map<number, Candidate[]>>();
  readonly #candidates = new Map<CompiledRule, Candidate>();
  /** Equal conditions have one number. */
  readonly #numbers = new Map<string, number>();
  /** How long the beginnings are that rules are filed by, by kind. */
  readonly #lengths = new Map<TargetKind, Set<number>>();

  /** A rule is filed under the one of its conditions that fewest rules have, so that files stay short. */
  *takeIn(rules: readonly CompiledRule[]): Generator<void> {
    const uses: number[] = [];
    for (const [order, rule] of rules.entries()) {
      if (order % STEP === 0) yield;
      const conjuncts = rule.conjuncts.map((key) => this.#number(key));
      for (const number of conjuncts) uses[number] = (uses[number] ?? 0) + 1;
      this.#candidates.set(rule, { rule, order, conjuncts });
    }
    for (const candidate of this.#candidates.values()) {
      if (candidate.order % STEP === 0) yield;
      const rarest = rarestOf(candidate.conjuncts, uses);
      this.#fileAll(candidate, rarest);
    }
  }

  /** Rules that match wherever this one does, in reading order; of two that say the same, the later has the earlier. */
  of(rule: CompiledRule): CompiledRule[] {
    const self = this.#candidates.get(rule);
    if (!self) return [];
    const found = new Set<Candidate>();
    for (const start of this.#lookupsOf(rule.on)) {
      const files = this.#files.get(start);
      if (!files) continue;
      addCovering(self, files.get(NO_CONDITION), found);
      for (const conjunct of self.conjuncts) addCovering(self, files.get(conjunct), found);
    }
    return [...found].sort((a, b) => a.order - b.order).map((candidate) => candidate.rule);
  }

  /** A rule is filed by how each of its globs begins. */
  #fileAll(candidate: Candidate, conjunct: number): void {
    const { on } = candidate.rule;
    if (!on) this.#file('any', conjunct, candidate);
    for (const { kind, globs } of on ?? []) {
      const lengths = this.#lengths.get(kind) ?? new Set();
      this.#lengths.set(kind, lengths);
      for (const glob of globs) {
        const head = fixedHead(glob);
        lengths.add(head.length);
        this.#file(`${kind}\n${head}`, conjunct, candidate);
      }
    }
  }

  /** Where the rules are filed that could be wider: some glob of theirs begins with a beginning of the first glob's. */
  #lookupsOf(on: Targets): string[] {
    const [pattern] = on ?? [];
    const [glob] = pattern?.globs ?? [];
    if (!pattern || glob === undefined) return ['any'];
    const method = METHOD_OF[pattern.kind];
    const byMethod = method === undefined ? [] : this.#beginnings('methods', method);
    return ['any', ...this.#beginnings(pattern.kind, fixedHead(glob)), ...byMethod];
  }

  #beginnings(kind: TargetKind, text: string): string[] {
    const found: string[] = [];
    for (const length of this.#lengths.get(kind) ?? []) {
      if (length <= text.length) found.push(`${kind}\n${text.slice(0, length)}`);
    }
    return found;
  }

  #file(start: string, conjunct: number, candidate: Candidate): void {
    const files = this.#files.get(start) ?? new Map<number, Candidate[]>();
    this.#files.set(start, files);
    const file = files.get(conjunct);
    if (!file) files.set(conjunct, [candidate]);
    else if (file.at(-1) !== candidate) file.push(candidate);
  }

  #number(key: string): number {
    const known = this.#numbers.get(key) ?? this.#numbers.size;
    this.#numbers.set(key, known);
    return known;
  }
}

function addCovering(
  self: Candidate,
  others: readonly Candidate[] | undefined,
  found: Set<Candidate>,
): void {
  if (!others) return;
  const most = Math.min(others.length, MOST_COMPARED);
  for (let i = 0; i < most; i++) {
    const other = others[i];
    if (other && other !== self && covers(other, self)) found.add(other);
  }
}

function covers(wide: Candidate, narrow: Candidate): boolean {
  if (!wide.conjuncts.every((key) => narrow.conjuncts.includes(key))) return false;
  if (!coversUpstreams(wide.rule.upstreams, narrow.rule.upstreams)) return false;
  if (!coversTargets(wide.rule.on, narrow.rule.on)) return false;
  // Two that match the same: the earlier one stands for both.
  return wide.order < narrow.order || !coversBack(wide, narrow);
}

function coversBack(wide: Candidate, narrow: Candidate): boolean {
  if (wide.rule.then !== narrow.rule.then || wide.conjuncts.length < narrow.conjuncts.length) {
    return false;
  }
  return (
    coversUpstreams(narrow.rule.upstreams, wide.rule.upstreams) &&
    coversTargets(narrow.rule.on, wide.rule.on)
  );
}

function coversUpstreams(wide: readonly string[], narrow: readonly string[]): boolean {
  if (wide.length === 0) return true;
  return narrow.length > 0 && narrow.every((glob) => wide.some((other) => globCovers(other, glob)));
}

type Targets = readonly TargetPattern[] | undefined;

function coversTargets(wide: Targets, narrow: Targets): boolean {
  if (!wide) return true;
  if (!narrow) return false;
  return narrow.every(({ kind, globs }) => globs.every((glob) => coversGlob(wide, kind, glob)));
}

function coversGlob(wide: readonly TargetPattern[], kind: TargetKind, glob: string): boolean {
  const separator = kind === 'resources' ? '/' : undefined;
  const method = METHOD_OF[kind];
  return wide.some((pattern) => {
    if (pattern.kind === kind) {
      return pattern.globs.some((other) => globCovers(other, glob, separator));
    }
    if (pattern.kind !== 'methods' || method === undefined) return false;
    return pattern.globs.some((other) => compileGlob(other)(method));
  });
}
