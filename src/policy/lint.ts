import { atOnce } from '../document/at-once.ts';
import { Reader } from '../document/reader.ts';
import type { Problem } from '../model/position.ts';
import type { Silence } from './ast.ts';
import { BreadthCheck } from './check-breadth.ts';
import { checkMatching } from './check-matching.ts';
import { checkText } from './check-text.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { problemCodes } from './problem-codes.ts';
import type { Report } from './rule-problem.ts';
import { ShadowCheck } from './shadowed.ts';

/**
 * Reports rules that can never match, and warns of rules that are seldom meant. Warnings that somebody has accepted
 * in place, by `silence` on the rule or its document, are left out, and so are rules that have errors already.
 */
export function lint(rules: readonly CompiledRule[], reader: Reader): void {
  atOnce(lintInSteps(rules, reader));
}

/** Rules that are looked at between two rests: some milliseconds at most. */
const STEP = 25;

/** The same in steps. */
export function* lintInSteps(rules: readonly CompiledRule[], reader: Reader): Generator<void> {
  const used = new Set<Silence>();
  const broken = new Set(
    reader.problems.flatMap((problem) =>
      problem.severity === 'error' ? (ruleAt(problem, rules) ?? []) : [],
    ),
  );
  silenceEarlier(rules, reader, used);
  const report: Report = (code, rule, message, { at = rule.at, hint } = {}) => {
    if (!isSilenced(`POLICY_${code}`, rule, used)) reader.warn(code, at, message, hint);
  };
  const sound = rules.filter((rule) => !broken.has(rule));
  const shadow = new ShadowCheck();
  yield* shadow.takeIn(sound);
  const breadth = new BreadthCheck(rules);
  for (const [index, rule] of sound.entries()) {
    if (index % STEP === 0) yield;
    const { errors, warnings } = ownFindings(rule);
    reader.problems.push(...errors);
    for (const { code, message, more } of warnings) report(code, rule, message, more);
    shadow.check(rule, report);
    breadth.check(rule, report);
  }
  yield;
  reportUnused(sound, reader, used);
}

interface OwnFindings {
  readonly errors: readonly Problem[];
  readonly warnings: readonly {
    readonly code: string;
    readonly message: string;
    readonly more?: Parameters<Report>[3];
  }[];
}
/** A reload takes over the rules of files that haven't changed, and with them what was found. */
const known = new WeakMap<CompiledRule, OwnFindings>();

/** What is found of a rule by itself, whatever the others. */
function ownFindings(rule: CompiledRule): OwnFindings {
  const before = known.get(rule);
  if (before) return before;
  const reader = new Reader('POLICY');
  const warnings: OwnFindings['warnings'][number][] = [];
  const report: Report = (code, _rule, message, more) => {
    warnings.push({ code, message, ...(more ? { more } : {}) });
  };
  checkMatching(rule, reader, report);
  checkText(rule, report);
  const found = { errors: reader.problems, warnings };
  known.set(rule, found);
  return found;
}

/** True where a silence of the rule accepts the warning; notes which. */
export function isSilenced(code: string, rule: CompiledRule, used?: Set<Silence>): boolean {
  const silences = rule.silences.filter((silence) => silence.code === code);
  for (const silence of silences) used?.add(silence);
  return silences.length > 0;
}

/** Takes off the accepted ones among the warnings that were given while the rules were read. */
function silenceEarlier(rules: readonly CompiledRule[], reader: Reader, used: Set<Silence>): void {
  if (!rules.some(({ silences }) => silences.length > 0)) return;
  const open = reader.problems.filter((problem) => {
    const rule = problem.severity === 'warning' ? ruleAt(problem, rules) : undefined;
    return !rule || !isSilenced(problem.code, rule, used);
  });
  reader.problems.splice(0, reader.problems.length, ...open);
}

/** The rule in whose text a problem stands. */
function ruleAt({ at }: Problem, rules: readonly CompiledRule[]): CompiledRule | undefined {
  return rules.findLast(({ start }) => {
    if (start.file !== at.file || start.line > at.line) return false;
    return start.line < at.line || start.column <= at.column;
  });
}

function reportUnused(rules: readonly CompiledRule[], reader: Reader, used: Set<Silence>): void {
  const all = new Set(rules.flatMap(({ silences }) => silences));
  for (const silence of all) {
    if (used.has(silence) || problemCodes.get(silence.code)?.needsTools) continue;
    const message = `there is no ${silence.code} to silence here`;
    reader.warn('SILENCE_UNUSED', silence.at, message, 'remove it');
  }
}
