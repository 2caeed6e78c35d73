import type { Reader } from '../../document/reader.ts';
import type { Silence } from '../ast.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { BreadthCheck } from './check-breadth.ts';
import { RevealCheck } from './check-reveals.ts';
import { problemCodes } from './problem-codes.ts';
import type { Report } from './report.ts';
import { ShadowCheck } from './shadowed.ts';

/** Rules that are looked at between two rests: some milliseconds at most. */
const STEP = 25;

/**
 * Reports what is wrong with rules by themselves, and warns of rules that are seldom meant beside the others. Warnings
 * that somebody has accepted in place, by `silence` on the rule or its document, are left out, and so are those about
 * rules with errors.
 *
 * @param duplicates rules whose id an earlier one has
 */
export function* lintInSteps(
  rules: readonly CompiledRule[],
  reader: Reader,
  duplicates: ReadonlySet<CompiledRule>,
): Generator<void> {
  const used = new Set<Silence>();
  const report: Report = (code, rule, message, { at = rule.at, hint } = {}) => {
    if (!isSilenced(`POLICY_${code}`, rule, used)) reader.warn(code, at, message, hint);
  };
  for (const rule of rules) reportOwn(rule, reader, used);
  const sound = rules.filter((rule) => !rule.faulty && !duplicates.has(rule));
  yield;
  const shadow = new ShadowCheck();
  yield* shadow.takeIn(sound);
  const breadth = new BreadthCheck(rules);
  const reveals = new RevealCheck(sound);
  for (const [index, rule] of sound.entries()) {
    if (index % STEP === 0) yield;
    shadow.check(rule, report);
    breadth.check(rule, report);
    reveals.check(rule, report);
  }
  yield;
  reportUnused(sound, reader, used);
}

/** Reports what is wrong with a rule by itself, unless it is accepted. */
function reportOwn(rule: CompiledRule, reader: Reader, used: Set<Silence>): void {
  for (const problem of rule.problems) {
    const isAccepted = problem.severity === 'warning' && isSilenced(problem.code, rule, used);
    if (!isAccepted) reader.problems.push(problem);
  }
}

/** True where a silence of the rule accepts the warning; notes which. */
export function isSilenced(code: string, rule: CompiledRule, used?: Set<Silence>): boolean {
  const silences = rule.silences.filter((silence) => silence.code === code);
  for (const silence of silences) used?.add(silence);
  return silences.length > 0;
}

function reportUnused(rules: readonly CompiledRule[], reader: Reader, used: Set<Silence>): void {
  const all = new Set(rules.flatMap(({ silences }) => silences));
  for (const silence of all) {
    if (used.has(silence) || problemCodes.get(silence.code)?.needsTools) continue;
    const message = `there is no ${silence.code} to silence here`;
    reader.warn('SILENCE_UNUSED', silence.at, message, 'remove it');
  }
}
