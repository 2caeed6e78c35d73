import type { Effect } from '../../../src/model/decision.ts';
import { type Subject, UNKNOWN } from '../../../src/policy/subject.ts';
import { ask, type Document, looksAtAnswer, matches, type Rule, type Said } from './rules.ts';

/** What of a decision the documents lay down. Lists are in reading order. */
export interface Ruling {
  readonly effect: Effect;
  readonly rule: string | undefined;
  readonly matched: readonly string[];
  readonly would: readonly string[];
  readonly unjudged: readonly string[];
  /** Ids of the rules whose approval is needed. */
  readonly approvals: readonly string[];
  /** Ids of the rules whose masks are due. */
  readonly masks: readonly string[];
  /** Ids of the rules whose reveals count. */
  readonly reveals: readonly string[];
  readonly denial: 'explain' | 'hide';
}

/** Judges a message on its way up, or one whose answer is there. */
export function decide(documents: readonly Document[], subject: Subject): Ruling {
  return put(ask(documents, subject), subject, false);
}

/** Judges the answer; undefined where no rule about the message looks at it. An approval has been given by then. */
export function decideAnswer(documents: readonly Document[], subject: Subject): Ruling | undefined {
  const said = ask(documents, subject);
  if (!said.some(({ rule }) => looksAtAnswer(rule))) return undefined;
  return put(said, subject, true);
}

function put(said: readonly Said[], subject: Subject, approved: boolean): Ruling {
  const hits = said.filter((one) => hit(one, subject));
  const enforced = hits.map(({ rule }) => rule).filter(({ mode }) => mode !== 'shadow');
  const decisive =
    enforced.find(({ then }) => then === 'block') ??
    enforced.find(({ then }) => then === 'approve') ??
    enforced.find(({ then }) => then === 'allow');
  const effect = decisive?.then ?? 'block';
  const masking = said.filter(({ rule }) => rule.mask && rule.mode !== 'shadow');
  const shadow = hits.map(({ rule }) => rule).filter(({ mode }) => mode === 'shadow');
  return {
    effect: effect === 'approve' && approved ? 'allow' : effect,
    rule: decisive?.id,
    matched: enforced.map(({ id }) => id),
    would: shadow.map((rule) => `${rule.id} ${rule.then ?? (rule.mask ? 'mask' : 'reveal')}`),
    unjudged: said.filter(({ verdicts }) => verdicts.join() === 'fault').map(({ rule }) => rule.id),
    approvals: effect === 'approve' && !approved ? asking(enforced) : [],
    masks: masking.filter((one) => isDue(one, subject)).map(({ rule }) => rule.id),
    reveals: effect === 'block' ? [] : revealing(said),
    denial: decisive?.denial ?? 'explain',
  };
}

/** Everybody who is asked by any of the rules has to agree. */
function asking(enforced: readonly Rule[]): readonly string[] {
  return enforced.filter(({ then }) => then === 'approve').map(({ id }) => id);
}

/** An `allow` on an answer lets the call go while it may hold; what stops must be sure. */
function hit(one: Said, subject: Subject): boolean {
  const { rule, verdicts } = one;
  if (!rule.then && !rule.mask) return isSure(one);
  if (!rule.then) return isDue(one, subject);
  return rule.then === 'allow'
    ? verdicts.some((verdict) => matches(rule, verdict))
    : verdicts.every((verdict) => matches(rule, verdict));
}

/** A reveal counts only where its condition surely holds. */
function revealing(said: readonly Said[]): readonly string[] {
  const counting = said.filter(({ rule }) => rule.reveal && rule.mode !== 'shadow');
  return counting.filter(isSure).map(({ rule }) => rule.id);
}

function isSure({ verdicts }: Said): boolean {
  return verdicts.every((verdict) => verdict === 'true');
}

/** A mask is due unless its condition surely fails; one on an answer waits for the answer. */
function isDue({ rule, verdicts }: Said, subject: Subject): boolean {
  if (looksAtAnswer(rule) && subject.result === UNKNOWN) return false;
  return verdicts.some((verdict) => verdict !== 'false');
}
