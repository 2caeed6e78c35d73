import { DEEP } from '../../model/decision.ts';
import type { Condition, Rule } from '../ast.ts';
import { ANY, and, FALSE, FAULT, mayHold, not, type Outcome, or, TRUE } from '../outcome.ts';
import { hasManySteps } from '../roots.ts';
import { pathKey, type TestCondition, testsOf } from './condition-tests.ts';
import { isPlain } from './plain-test.ts';
import { domainOf } from './satisfiable-domain.ts';
import { type Sample, samplesOf } from './satisfiable-samples.ts';
import { outcomeOfUses } from './satisfiable-uses.ts';

/**
 * What a rule's condition and each part of it can come out as, over all messages that the rule is about: sets of
 * outcomes that hold at least every one that some message brings about.
 */
export interface Possibilities {
  of(condition: Condition): Outcome;
}

/**
 * Works out what a rule's condition can come out as. It splits the values at each path into finitely many samples, of
 * which one stands for every value that the operators there can't tell from it. What it can't work out counts as
 * possible, so a set without TRUE is proof that the condition holds for nothing.
 */
export function possibilities(rule: Rule): Possibilities {
  const sets = new Map<Condition, Outcome>();
  if (rule.when) new Analysis(rule, sets).refine(rule.when);
  return { of: (condition) => sets.get(condition) ?? ANY };
}

/** All tests of one path, and how each comes out for each sample of a value there. */
interface PathTests {
  readonly tests: readonly TestCondition[];
  /** By sample, then by test. */
  readonly rows: readonly (readonly Outcome[])[];
}
type Fixed = ReadonlyMap<Condition, Outcome>;

class Analysis {
  readonly #paths: readonly PathTests[];
  /** What is known of each part so far. */
  readonly #sets: Map<Condition, Outcome>;

  constructor(rule: Rule, sets: Map<Condition, Outcome>) {
    this.#sets = sets;
    const byPath = new Map<string, TestCondition[]>();
    for (const test of testsOf(rule.when)) {
      const key = pathKey(test);
      const tests = byPath.get(key);
      if (tests) tests.push(test);
      else byPath.set(key, [test]);
    }
    const paths = [...byPath.values()].filter(([test, ...more]) => {
      return more.length > 0 || !test || !isPlain(test);
    });
    this.#paths = paths.map((tests) => pathTests(tests, rule));
    for (const { tests, rows } of this.#paths) {
      for (const [index, test] of tests.entries()) {
        sets.set(
          test,
          rows.reduce((any, row) => any | (row[index] ?? ANY), 0),
        );
      }
    }
  }

  /** Finds the set of a part and, before, of everything in it. */
  refine(part: Condition): void {
    if (part.kind === 'test') return;
    if (part.kind === 'not') this.refine(part.of);
    if (part.kind === 'all' || part.kind === 'any') for (const inner of part.of) this.refine(inner);
    let set = this.#fold(part, (inner) => this.#known(inner));
    const several = this.#paths.filter(({ tests }) => tests.length > 1);
    const inside = new Set(several.length > 0 ? testsOf(part) : []);
    for (const { tests, rows } of several) {
      if (tests.filter((test) => inside.has(test)).length < 2) continue;
      let any: Outcome = 0;
      for (const row of rows) {
        any |= this.#under(part, new Map(tests.map((test, index) => [test, row[index] ?? ANY])));
      }
      set &= any;
    }
    this.#sets.set(part, set);
  }

  /** The outcomes of a part where the tests of one path are settled. */
  #under(part: Condition, fixed: Fixed): Outcome {
    const known = fixed.get(part);
    if (known !== undefined) return known;
    return this.#fold(part, (inner) => this.#under(inner, fixed)) & this.#known(part);
  }

  #fold(part: Condition, of: (inner: Condition) => Outcome): Outcome {
    switch (part.kind) {
      case 'all':
        return part.of.reduce((all: Outcome, inner) => and(all, of(inner)), TRUE);
      case 'any':
        return part.of.reduce((any: Outcome, inner) => or(any, of(inner)), FALSE);
      case 'not':
        return not(of(part.of));
      case 'cel':
      case 'test':
        return this.#known(part);
    }
  }

  #known(part: Condition): Outcome {
    return this.#sets.get(part) ?? ANY;
  }
}

function pathTests(tests: readonly TestCondition[], rule: Rule): PathTests {
  const [first] = tests;
  if (!first) return { tests, rows: [] };
  if (hasManySteps(first.path)) {
    // Two tests of a path with many values may be about different ones, so each goes by itself.
    const row = tests.map((test) => outcomeOfMany(test, rule));
    return { tests, rows: [row] };
  }
  const samples = samplesOf(
    tests.flatMap(({ uses }) => uses),
    domainOf(first.path, rule),
  );
  return { tests, rows: samples.map((sample) => tests.map((test) => outcome(test, sample))) };
}

function outcome({ uses }: TestCondition, sample: Sample): Outcome {
  return sample.kind === 'unknown' ? ANY : outcomeOfUses(uses, sample);
}

/** One of many values holds; of a path with `**`, what can't be judged is passed over. */
function outcomeOfMany(test: TestCondition, rule: Rule): Outcome {
  const samples = samplesOf(test.uses, domainOf(test.path, rule));
  const each = samples.reduce((any: Outcome, sample) => any | outcome(test, sample), FAULT);
  if (test.path.includes(DEEP)) return FALSE | FAULT | (mayHold(each) ? TRUE : 0);
  return FALSE | each;
}
