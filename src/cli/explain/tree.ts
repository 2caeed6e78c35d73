import type { Json } from '../../model/json.ts';
import { visible, visibleJson } from '../../model/visible.ts';
import type {
  ConditionFinding,
  OperatorFinding,
  Seen,
  Sign,
} from '../../policy/explain/explain-condition.ts';
import type { Paint } from '../transcripts/paint.ts';
import { cut } from '../transcripts/wrap.ts';

const MOST_OPERAND = 100;

/** The mark of an outcome: holds, doesn't, can't be judged, not known. */
export function markOf(outcome: Sign, paint: Paint): string {
  switch (outcome) {
    case 'true':
      return paint('green', '✓');
    case 'false':
      return paint('red', '✗');
    case 'unjudged':
      return paint('magenta', '!');
    case 'open':
      return paint('yellow', '?');
  }
}

/** A condition as a tree, a line a test. */
export function conditionLines(finding: ConditionFinding, paint: Paint): string[] {
  switch (finding.kind) {
    case 'all':
      return finding.of.flatMap((part) => partLines(part, paint));
    case 'any':
    case 'not':
      return [
        `${markOf(finding.outcome, paint)} ${finding.kind}`,
        ...indented(finding.of.flatMap((part) => partLines(part, paint))),
      ];
    case 'cel':
      return [`${markOf(finding.outcome, paint)} cel ${cut(visible(finding.text), MOST_OPERAND)}`];
    case 'test':
      return testLines(finding, paint);
  }
}

/** A part of a list: where it is more than one test, they stand together. */
function partLines(part: ConditionFinding, paint: Paint): string[] {
  if (part.kind !== 'all' || part.of.length === 1) return conditionLines(part, paint);
  return [
    `${markOf(part.outcome, paint)} all`,
    ...indented(part.of.flatMap((inner) => partLines(inner, paint))),
  ];
}

function testLines(
  { path, operators, seen, more, outcome }: Extract<ConditionFinding, { kind: 'test' }>,
  paint: Paint,
): string[] {
  const mark = markOf(outcome, paint);
  const values = paint('dim', seenText(seen, more));
  const [only] = operators;
  if (only && operators.length === 1) {
    return [`${mark} ${visible(path)} ${operatorText(only)}${values}`];
  }
  return [
    `${mark} ${visible(path)}${values}`,
    ...indented(operators.map((one) => `${markOf(one.outcome, paint)} ${operatorText(one)}`)),
  ];
}

function operatorText({ operator, operand }: OperatorFinding): string {
  if (operand === true && (operator === 'exists' || operator === 'absent')) return operator;
  return `${operator} ${shown(operand)}`;
}

function seenText(seen: readonly Seen[], more: number): string {
  const texts = seen.map((one) => (one.kind === 'value' ? shown(one.value) : nothing[one.kind]));
  return `   saw ${texts.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const nothing = {
  absent: 'nothing there',
  unknown: 'what is not known yet',
  unavailable: 'nothing that can be had',
  hidden: 'what is masked or not recorded',
};

function shown(value: Json): string {
  return cut(visibleJson(value), MOST_OPERAND);
}

export function indented(lines: readonly string[], by = 2): string[] {
  return lines.map((line) => ' '.repeat(by) + line);
}
