import { isList, isObject, type Json } from '../../model/json.ts';
import { spanText } from '../../model/span-text.ts';
import { type Facts, factText, otherFacts } from './facts.ts';
import { instantText } from './instant-text.ts';

/** What a step says of the approval that a call waits for, or what has become of it. */
export function approvalLines(kind: 'held' | 'resolved', detail: Facts): string[] {
  return kind === 'held' ? held(detail) : resolved(detail);
}

function held(detail: Facts): string[] {
  const { approval, rules, until, how } = detail;
  const time = typeof until === 'number' ? `, until ${instantText(until)}` : '';
  return [
    `waits for approval ${factText(approval)}${time}`,
    ...(rules === undefined ? [] : [`asked for by: ${names(rules)}`]),
    ...(how === undefined ? [] : [`the client is kept by: ${names(how)}`]),
    ...otherFacts(detail, ['approval', 'rules', 'until', 'how']),
  ];
}

function resolved(detail: Facts): string[] {
  const { approval, state, by, reason, rules, standing } = detail;
  const people = by === undefined ? '' : `, decided by ${names(by)}`;
  const why = reason === undefined ? '' : `: ${factText(reason)}`;
  return [
    `approval ${factText(approval)} is ${factText(state)}${people}${why}`,
    ...(rules === undefined ? [] : [`asked for by: ${names(rules)}`]),
    ...(detail.broke_glass === true ? ['BREAK GLASS: the caller went ahead alone'] : []),
    ...(standing === undefined ? [] : [`calls alike: ${standingText(standing)}`]),
    ...otherFacts(detail, SAID),
  ];
}

const SAID = ['approval', 'state', 'by', 'reason', 'rules', 'broke_glass', 'standing'];

/** What somebody has asked for (`for`, `when`), or what is in force (`until`, `calls`). */
function standingText(standing: Json): string {
  if (!isObject(standing)) return factText(standing);
  const { for: span, when, until, calls } = standing;
  if (typeof span === 'number') return `for ${spanText(span)}, where ${factText(when)}`;
  if (typeof until === 'number')
    return `until ${instantText(until)}, ${factText(calls)} made so far`;
  return factText(standing);
}

function names(value: Json): string {
  return isList(value) ? value.map(factText).join(', ') : factText(value);
}
