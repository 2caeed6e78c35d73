import { atOnce } from '../../document/at-once.ts';
import type { Finding } from '../combine.ts';
import { type CompiledRule, evaluate } from '../compiled-rule.ts';
import { FALSE } from '../outcome.ts';
import { compileLookup } from '../roots.ts';
import { ABSENT, type Subject } from '../subject.ts';
import type { Plain, Requirement } from './requirement.ts';

/** A rule with its place in the order of rules. */
interface Slot {
  readonly order: number;
  readonly rule: CompiledRule;
}

/** Rules that require a value at one place. */
interface Group {
  readonly lookup: ReturnType<typeof compileLookup>;
  readonly all: Slot[];
  readonly byValue: Map<Plain, Slot[]>;
  /** By type of a value: the rules that require none of that type, so that it may be one they can't judge. */
  readonly foreign: Readonly<Record<PlainType, Slot[]>>;
}
type PlainType = 'string' | 'number' | 'boolean';
const PLAIN_TYPES: readonly PlainType[] = ['string', 'number', 'boolean'];

/** Below this many rules, judging all is quicker than finding those that may matter. */
const WORTHWHILE = 4;
/** Rules between two rests. */
const STEP = 250;

/**
 * Rules about one target, told apart by the values that they require, so that those which a message surely doesn't
 * match aren't judged. What is found is what judging all of them would find, in their order.
 */
export class RuleSelection {
  readonly rules: readonly CompiledRule[];
  #parts: Parts | undefined;
  #used = false;

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules;
  }

  /** Tells the rules apart in steps, ahead of the first use. */
  *prepare(): Generator<void> {
    this.#used = true;
    this.#parts ??= yield* partsInSteps(this.rules);
  }

  /** Rules that may match a subject, or can't be judged, each with its outcome. */
  findings(subject: Subject): readonly Finding[] {
    // Telling rules apart costs more than judging them once, so it is left for the second time.
    if (!this.#used) {
      this.#used = true;
      return findingsOf(this.rules, subject);
    }
    this.#parts ??= atOnce(partsInSteps(this.rules));
    const found: Found[] = [];
    judgeAll(this.#parts.ungrouped, subject, found);
    const first = found.length;
    for (const group of this.#parts.groups) judgeGroup(group, subject, found);
    if (found.length > Math.max(first, 1)) found.sort((a, b) => a.order - b.order);
    return found;
  }
}

function findingsOf(rules: readonly CompiledRule[], subject: Subject): Finding[] {
  const found: Finding[] = [];
  for (const rule of rules) {
    const outcome = evaluate(rule, subject);
    if (outcome !== FALSE) found.push({ rule, outcome });
  }
  return found;
}

interface Found extends Finding {
  readonly order: number;
}

interface Parts {
  readonly ungrouped: readonly Slot[];
  readonly groups: readonly Group[];
}

function* partsInSteps(rules: readonly CompiledRule[]): Generator<void, Parts> {
  const groups = new Map<string, Group>();
  const ungrouped: Slot[] = [];
  const spread = yield* spreadInSteps(rules);
  for (const [order, rule] of rules.entries()) {
    if (order % STEP === STEP - 1) yield;
    const slot = { order, rule };
    const required = mostTelling(rule.requires, spread);
    if (required) addTo(groups, required, slot);
    else ungrouped.push(slot);
  }
  return { ungrouped, groups: [...groups.values()] };
}

function judgeAll(slots: readonly Slot[] | undefined, subject: Subject, found: Found[]): void {
  if (!slots) return;
  for (const { order, rule } of slots) {
    const outcome = evaluate(rule, subject);
    if (outcome !== FALSE) found.push({ order, rule, outcome });
  }
}

function judgeGroup(group: Group, subject: Subject, found: Found[]): void {
  const value = group.lookup(subject);
  if (value === ABSENT) return;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    judgeAll(group.byValue.get(value), subject, found);
    judgeAll(group.foreign[typeof value as PlainType], subject, found);
  } else {
    // Not known, not to be had, or of a type that is compared in its own way.
    judgeAll(group.all, subject, found);
  }
}

/** How many values rules require at each place. */
function* spreadInSteps(rules: readonly CompiledRule[]): Generator<void, Map<string, number>> {
  const values = new Map<string, Set<Plain>>();
  for (const [order, { requires }] of rules.entries()) {
    if (order % STEP === STEP - 1) yield;
    for (const { text, values: required } of requires) {
      const known = values.get(text) ?? new Set();
      for (const value of required) known.add(value);
      values.set(text, known);
    }
  }
  return new Map([...values].map(([text, known]) => [text, known.size]));
}

/** The requirement that tells the rule from most others. */
function mostTelling(
  requires: readonly Requirement[],
  spread: ReadonlyMap<string, number>,
): Requirement | undefined {
  let best: Requirement | undefined;
  let most = WORTHWHILE - 1;
  for (const requirement of requires) {
    const share = (spread.get(requirement.text) ?? 0) / requirement.values.length;
    if (share <= most) continue;
    best = requirement;
    most = share;
  }
  return best;
}

function addTo(groups: Map<string, Group>, { path, text, values }: Requirement, slot: Slot): void {
  let group = groups.get(text);
  if (!group) {
    const foreign = { string: [], number: [], boolean: [] };
    group = { lookup: compileLookup(path), all: [], byValue: new Map(), foreign };
    groups.set(text, group);
  }
  group.all.push(slot);
  for (const value of values.length > 1 ? new Set(values) : values) {
    const slots = group.byValue.get(value);
    if (slots) slots.push(slot);
    else group.byValue.set(value, [slot]);
  }
  for (const type of PLAIN_TYPES) {
    if (!values.some((value) => typeof value === type)) group.foreign[type].push(slot);
  }
}
