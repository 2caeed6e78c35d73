import { visible } from '../../model/visible.ts';
import type { Explanation, RuleFinding } from '../../policy/explain/explain.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { Subject } from '../../policy/subject.ts';
import { counted } from '../report.ts';
import { type Paint, painter, paintWord } from '../transcripts/paint.ts';
import { approvalLines } from './approvals.ts';
import { limitLines } from './limits.ts';
import { maskText, revealText } from './mask-text.ts';
import { conditionLines, indented, markOf } from './tree.ts';

export interface PrintOptions {
  readonly colour: boolean;
  /** Shows every rule, those about other messages too. */
  readonly all: boolean;
  /** Those that were judged by. */
  readonly policies: Pick<PolicySet, 'rules'>;
  /** More facts for the head: name and text. */
  readonly facts?: readonly (readonly [string, string])[];
}

/** Rules that nearly matched and are shown unless all are asked for. */
const MOST_MISSED = 3;
const words = { allow: 'allowed', block: 'blocked', approve: 'needs approval' } as const;

/** An explanation as a person reads it: what was decided and why, then rule by rule. */
export function printExplanation(
  explanation: Explanation,
  subject: Subject,
  options: PrintOptions,
): string {
  const paint = painter(options.colour);
  const { decision, rules } = explanation;
  const of = (part: RuleFinding['part']) => rules.filter((rule) => rule.part === part);
  const missed = of('missed').sort((a, b) => a.misses - b.misses);
  const shown = options.all ? missed : missed.slice(0, MOST_MISSED);
  const unrelated = of('unrelated');
  const rest = [
    ...(missed.length > shown.length ? [`${missed.length - shown.length} more that missed`] : []),
    ...(unrelated.length > 0 && !options.all
      ? [`${counted(unrelated.length, 'rule')} about other messages`]
      : []),
  ];
  const lines = [
    ...headLines(explanation, subject, options, paint),
    ...section('decided', of('decided'), paint),
    ...section(decision.rule === undefined ? 'matched' : 'matched as well', of('matched'), paint),
    ...section('in shadow mode', of('would'), paint),
    ...section('missed, the nearest first', shown, paint),
    ...(options.all ? section('about other messages', unrelated, paint) : []),
    ...dueLines(explanation, options, paint),
    ...(rest.length > 0 ? ['', paint('dim', `${rest.join(', ')} (--all shows them)`)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function headLines(
  { decision, possible, rules }: Explanation,
  { request, target, identity }: Subject,
  { facts = [] }: PrintOptions,
  paint: Paint,
): string[] {
  const what = target.kind === 'methods' ? request.method : `${request.method} ${target.name}`;
  const title = `${visible(what)} at ${visible(request.upstream)}`;
  const by = decision.rule === undefined ? '' : ` by ${decision.rule}`;
  const sure = possible.length === 1;
  const end = sure
    ? paintWord(paint, decision.effect, words[decision.effect]) + by
    : paint('yellow', `can't be told: ${possible.map((one) => words[one]).join(', or ')}`);
  const groups = identity.groups.length > 0 ? ` (${identity.groups.join(', ')})` : '';
  const all: [string, string][] = [
    ...(sure ? [['reason', decision.reason] as [string, string]] : []),
    ['who', `${identity.sub}${groups}, ${identity.issuer === '' ? 'issuer not given' : `known to ${identity.issuer}`}`], // biome-ignore format: one line says it
    ...facts.map(([name, text]): [string, string] => [name, text]),
    ['rules', `${rules.filter(({ part }) => part !== 'unrelated').length} of ${rules.length} are about it`], // biome-ignore format: one line says it
  ];
  return [
    `${paint('bold', title)}: ${end}`,
    ...all.map(([name, text]) => `  ${paint('dim', name.padEnd(8))}  ${visible(text)}`),
  ];
}

function section(name: string, rules: readonly RuleFinding[], paint: Paint): string[] {
  if (rules.length === 0) return [];
  return ['', paint('bold', name), ...indented(rules.flatMap((rule) => ruleLines(rule, paint)))];
}

function ruleLines(rule: RuleFinding, paint: Paint): string[] {
  const { id, effect, at, why, mode, outcome, condition, part } = rule;
  const mark = outcome === undefined ? paint('dim', '-') : markOf(outcome, paint);
  const shadow = mode === 'shadow' ? ', shadow' : '';
  const place = paint('dim', `${visible(at.file)}:${at.line}`);
  const head = `${mark} ${paint('bold', id)}  ${paintWord(paint, effect)}${shadow}  ${place}`;
  const said = part === 'decided' && outcome !== 'unjudged' ? [] : [paint('dim', visible(why))];
  const tree = condition ? conditionLines(condition, paint) : [];
  return [head, ...indented([...said, ...tree], 4)];
}

function dueLines({ decision }: Explanation, { policies }: PrintOptions, paint: Paint): string[] {
  const masks = decision.masks.map((mask) => `${mask.rule}: ${maskText(mask)}`);
  const reveals = (decision.reveals ?? []).map((grant) => `${grant.rule}: ${revealText(grant)}`);
  const limits = limitLines(decision, policies);
  const asked = approvalLines(decision);
  return [
    ...(asked.length > 0 ? ['', paint('bold', 'who is asked, each of'), ...indented(asked)] : []),
    ...(masks.length > 0 ? ['', paint('bold', 'masks that are due'), ...indented(masks)] : []),
    ...(reveals.length > 0 ? ['', paint('bold', 'tokens that are put back'), ...indented(reveals)] : []), // biome-ignore format: as those around it
    ...(limits.length > 0 ? ['', paint('bold', 'limits that count it'), ...indented(limits)] : []),
  ];
}
