import { isDeepStrictEqual } from 'node:util';
import type { Decision } from '../../../src/model/decision.ts';
import { formatProblem, type Position } from '../../../src/model/position.ts';
import { compilePolicies } from '../../../src/policy/compile.ts';
import type { PolicySet } from '../../../src/policy/policy-set.ts';
import { type Subject, UNKNOWN } from '../../../src/policy/subject.ts';
import type { Call } from '../../support/policy-subjects.ts';
import { decide, decideAnswer, type Ruling } from './decide.ts';
import { couldPass, decideSession, masksThatCouldBeDue } from './lists.ts';
import { remembered } from './memory.ts';
import type { Document } from './rules.ts';

/** Where engine and reference part, with all that is needed to see why. */
export interface Disagreement {
  readonly asked: string;
  readonly engine: unknown;
  readonly reference: unknown;
  readonly subject: Subject;
  readonly documents: readonly Document[];
}

interface Compiled {
  readonly policies: PolicySet;
  /** The documents without the rules that the compiler refuses. */
  readonly documents: readonly Document[];
  /** Those that it refuses because they can never match. */
  readonly refused: readonly Document[];
}

/** Compares with what can't come, such as a method that is a number. */
const pointless = ['POLICY_NEVER_MATCHES', 'POLICY_TYPE'];

/** Compiles documents, one rule a line, without pointless rules. Throws what else the compiler objects to. */
export function compiled(documents: readonly Document[]): Compiled {
  const { policies, problems } = compilePolicies(documents.map(sourceOf));
  if (policies) return { policies, documents, refused: [] };
  const errors = problems.filter(({ severity }) => severity === 'error');
  const other = errors.filter(({ code }) => !pointless.includes(code));
  if (other.length > 0) throw new Error(other.map(formatProblem).join('\n'));
  const never = errors.filter(({ code }) => code === 'POLICY_NEVER_MATCHES');
  const refused = pick(documents, (place) => never.some(({ at }) => isAt(at, place)));
  const rest = pick(documents, (place) => !errors.some(({ at }) => isAt(at, place)));
  return { ...compiled(rest), refused };
}

function pick(
  documents: readonly Document[],
  wanted: (place: string) => boolean,
): readonly Document[] {
  return documents.map((document, index) => ({
    ...document,
    rules: document.rules.filter((_, line) => wanted(placeOf(index, line))),
  }));
}

function isAt({ file, line }: Position, place: string): boolean {
  return `${file}:${line}` === place;
}

function sourceOf({ upstreams, rules }: Document, index: number) {
  const head = JSON.stringify({ apiVersion: 'sallyport/v1', ...(upstreams && { upstreams }) });
  const lines = rules.map((rule) => JSON.stringify(rule)).join(',\n');
  return { file: `p${index}.json`, text: `${head.slice(0, -1)},"rules":[\n${lines}]}` };
}

/** The place of a rule in {@link sourceOf}, with the first rule in the second line. */
function placeOf(document: number, rule: number): string {
  return `p${document}.json:${rule + 2}`;
}

/** What was asked, and of whom, and both answers. */
type Row = readonly [asked: string, subject: Subject, engine: unknown, reference: unknown];

/** Asks both everything there is to ask about these calls. */
export function compareCalls(
  all: readonly Document[],
  calls: readonly Call[],
): readonly Disagreement[] {
  const found = compiled(all);
  const rows = calls.flatMap((call, index) => {
    const ask = asked(all, found, `${index}`);
    // What is said of a caller is said of every call; a few of each will do.
    return [...rowsOf(found, call, ask), ...(index < 4 ? rowsOfCaller(found, call, ask) : [])];
  });
  return disagreements(all, rows);
}

/** Asks both how they judge these calls on their way up, and nothing else. */
export function compareJudging(
  all: readonly Document[],
  calls: readonly Call[],
): readonly Disagreement[] {
  const found = compiled(all);
  const rows = calls.map(([message], index) => {
    const up: Subject = { ...message, result: UNKNOWN };
    const ask = asked(all, found, `${index}`);
    return ask('judge', up, rulingOf(found.policies.judge(up)), () => decide(found.documents, up));
  });
  return disagreements(all, rows);
}

type Ask = (question: string, subject: Subject, engine: unknown, reference: () => unknown) => Row;

/** Asks the reference, or remembers what it said of the same documents. */
function asked(all: readonly Document[], { refused }: Compiled, call: string): Ask {
  const without = refused.flatMap(({ rules }) => rules.map(({ id }) => id)).join();
  return (question, subject, engine, reference) => {
    const key = `${question}/${call}/${without}`;
    return [question, subject, engine, remembered(all, key, reference)];
  };
}

function disagreements(
  documents: readonly Document[],
  rows: readonly Row[],
): readonly Disagreement[] {
  return rows
    .filter(([, , engine, reference]) => !isDeepStrictEqual(engine, reference))
    .map(([asked, subject, engine, reference]) => ({
      ...{ asked, engine, reference, subject },
      documents,
    }));
}

function rowsOf({ policies, documents, refused }: Compiled, call: Call, ask: Ask): readonly Row[] {
  const [message, answer] = call;
  const up: Subject = { ...message, result: UNKNOWN };
  const down: Subject = { ...message, ...answer };
  const listed: Subject = { ...up, args: UNKNOWN };
  const open: Subject = { ...listed, known: { x: 'a' } };
  const ruling = () => decide(documents, up);
  return [
    ask('can never match', down, [], () => whatMatches(refused, down)),
    ask('judge', up, rulingOf(policies.judge(up)), ruling),
    // After a restart the arguments of a call that goes on are forgotten.
    ask('judge, args unknown', listed, rulingOf(policies.judge(listed)), () =>
      decide(documents, listed),
    ),
    ask('judgeResult', down, rulingOf(policies.judgeResult(down)), () =>
      decideAnswer(documents, down),
    ),
    ask('couldAllow', listed, policies.couldAllow(listed), () => couldPass(documents, listed)),
    // The engine looks a second message up in another way than the first.
    ask('judge', up, rulingOf(policies.judge(up)), ruling),
    ask('couldAllow, x known', open, policies.couldAllow(open), () => couldPass(documents, open)),
  ];
}

function rowsOfCaller(
  { policies, documents }: Compiled,
  [message]: Call,
  ask: Ask,
): readonly Row[] {
  const up: Subject = { ...message, result: UNKNOWN };
  const { effect, rule } = policies.judgeSession(up);
  const masks = idsOf(policies.masksOfUpstream(up));
  return [
    ask('judgeSession', up, { effect, rule }, () => decideSession(documents, up)),
    ask('masksOfUpstream', up, masks, () => masksThatCouldBeDue(documents, up)),
  ];
}

function whatMatches(refused: readonly Document[], subject: Subject): readonly string[] {
  if (refused.every(({ rules }) => rules.length === 0)) return [];
  const { matched, would } = decide(refused, subject);
  return [...matched, ...would];
}

function rulingOf(decision: Decision | undefined): Ruling | undefined {
  return (
    decision && {
      effect: decision.effect,
      rule: decision.rule,
      matched: decision.matched,
      would: decision.would.map(({ rule, effect }) => `${rule} ${effect}`),
      unjudged: decision.unjudged,
      approvals: (decision.approvals ?? []).map(({ rule }) => rule),
      masks: idsOf(decision.masks),
      reveals: idsOf(decision.reveals ?? []),
      denial: decision.denial,
    }
  );
}

/** A rule may have several masks, or reveals. */
function idsOf(duties: readonly { readonly rule: string }[]): readonly string[] {
  return [...new Set(duties.map(({ rule }) => rule))];
}
