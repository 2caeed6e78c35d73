import type { Effect } from '../../../src/model/decision.ts';
import { type Subject, UNKNOWN } from '../../../src/policy/subject.ts';
import { evaluate } from './conditions.ts';
import { decide, type Ruling } from './decide.ts';
import type { Verdict } from './outcomes.ts';
import { ask, type Document, isFor, matches, type Said } from './rules.ts';

/** Whether some choice of what every rule may come to lets the message through, or has somebody asked. */
export function couldPass(documents: readonly Document[], subject: Subject): boolean {
  return choicesPass(enforced(ask(documents, subject)), 'block');
}

/** Judges a message of the session itself: it needs no rule, but any rule can block it. */
export function decideSession(
  documents: readonly Document[],
  subject: Subject,
): Pick<Ruling, 'effect' | 'rule'> {
  const { effect, rule } = decide(documents, subject);
  if (rule !== undefined) return { effect, rule };
  return { effect: couldDoAnything(documents, subject) ? 'allow' : 'block', rule };
}

/** Whether a rule, taken alone, could let this caller do something on this upstream. */
function couldDoAnything(documents: readonly Document[], subject: Subject): boolean {
  return everyRule(documents, subject).some((said) => choicesPass([said], 'block'));
}

/** Ids of the rules whose masks could be due on a message of this caller that no call explains. */
export function masksThatCouldBeDue(
  documents: readonly Document[],
  subject: Subject,
): readonly string[] {
  return everyRule(documents, subject)
    .filter(({ rule, verdicts }) => rule.mask && verdicts.some((verdict) => verdict !== 'false'))
    .map(({ rule }) => rule.id);
}

function everyRule(documents: readonly Document[], subject: Subject): readonly Said[] {
  const open = openMessage(subject);
  return enforced(
    documents
      .filter(({ upstreams }) => isFor(upstreams, subject))
      .flatMap(({ rules }) => rules)
      .map((rule) => ({ rule, verdicts: evaluate(rule.when ?? {}, open) })),
  );
}

function enforced(said: readonly Said[]): readonly Said[] {
  return said.filter(({ rule }) => rule.mode !== 'shadow');
}

/** The same caller and upstream, with nothing known of the message. */
export function openMessage(subject: Subject): Subject {
  const open = { args: UNKNOWN, meta: UNKNOWN, result: UNKNOWN, error: UNKNOWN } as const;
  return { ...subject, ...open, tool: UNKNOWN, anyMessage: true };
}

/** Tries every combination of verdicts; as rules only add up, those with equal effects are tried as one. */
function choicesPass(said: readonly Said[], stop: Effect): boolean {
  let outcomes = new Set<string>(['']);
  for (const { rule, verdicts } of said) {
    const next = new Set<string>();
    for (const before of outcomes) {
      for (const verdict of verdicts) next.add(add(before, effectOf(rule.then, verdict)));
    }
    outcomes = next;
  }
  return [...outcomes].some((effects) => effects !== '' && !effects.split(' ').includes(stop));

  function effectOf(then: Effect | undefined, verdict: Verdict): string {
    return then && matches({ id: '', then }, verdict) ? then : '';
  }
}

function add(before: string, effect: string): string {
  return [...new Set([...before.split(' '), effect].filter((one) => one !== ''))].sort().join(' ');
}
