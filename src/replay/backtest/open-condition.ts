import { Reader } from '../../document/reader.ts';
import type { PathSegment } from '../../model/decision.ts';
import type { Condition } from '../../policy/ast.ts';
import { type CompiledCondition, compileCondition } from '../../policy/compile-condition.ts';
import type { DetectorLookup } from '../../policy/detector-names.ts';
import { type HiddenPlace, touchesHidden } from '../../policy/explain/explain-hidden.ts';
import { ANY, and, FALSE, FAULT, not, type Outcome, or, TRUE } from '../../policy/outcome.ts';
import { ABSENT, type Subject, UNKNOWN, type Value } from '../../policy/subject.ts';

/** Places of a subject that can't be seen, and whether a condition has looked at one. */
export interface Hidden {
  readonly places: readonly HiddenPlace[];
  looked: boolean;
}

/** Judges a subject of which something is hidden: what depends on that comes out as anything. */
export type OpenCondition = (subject: Subject, hidden: Hidden) => Outcome;

const PRESENCE = ['exists', 'absent'];

/** Compiles a condition once, for many subjects that hide different things. */
export function openCondition(condition: Condition, detectors: DetectorLookup): OpenCondition {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const parts = condition.of.map((part) => openCondition(part, detectors));
      const [start, step, end] = condition.kind === 'all' ? [TRUE, and, FALSE] : [FALSE, or, TRUE];
      return (subject, hidden) => {
        let sum: Outcome = start;
        for (const part of parts) {
          sum = step(sum, part(subject, hidden));
          if (sum === end) return sum;
        }
        return sum;
      };
    }
    case 'not': {
      const inner = openCondition(condition.of, detectors);
      return (subject, hidden) => not(inner(subject, hidden));
    }
    case 'cel':
      return openCel(condition, detectors);
    case 'test':
      return openTest(condition, detectors);
  }
}

/** What a condition reads. */
export interface Reads {
  readonly tests: readonly { readonly path: readonly PathSegment[]; readonly presence: boolean }[];
  /** Expressions, which may read anything that they name. */
  readonly texts: readonly string[];
}

/** Everything that a condition reads. */
export function readsOf(condition: Condition | undefined): Reads {
  const tests: { path: readonly PathSegment[]; presence: boolean }[] = [];
  const texts: string[] = [];
  const visit = (one: Condition): void => {
    switch (one.kind) {
      case 'all':
      case 'any':
        for (const part of one.of) visit(part);
        return;
      case 'not':
        return visit(one.of);
      case 'cel':
        texts.push(one.text);
        return;
      case 'test':
        tests.push({ path: one.path, presence: onlyPresence(one) });
    }
  };
  if (condition) visit(condition);
  return { tests, texts };
}

/** True where it reads something that is hidden. */
export function readsHidden({ tests, texts }: Reads, places: readonly HiddenPlace[]): boolean {
  return (
    tests.some(({ path, presence }) => touchesHidden(path, places, { presence })) ||
    texts.some((text) => places.some((place) => names(text, place)))
  );
}

/** An expression may read what stands at a place: it has the names that lead there, as far as they are fixed. */
function names(text: string, [root, next]: HiddenPlace): boolean {
  const has = (name: unknown) => new RegExp(`\\b${String(name)}\\b`).test(text);
  if (root === 'identity' || root === 'request') return has(root) && (next === undefined || has(next)); // biome-ignore format: one line says it
  return has(root);
}

function onlyPresence({ uses }: Extract<Condition, { kind: 'test' }>): boolean {
  return uses.every(({ operator }) => PRESENCE.includes(operator));
}

/** What an expression reads isn't known here, so where something of a root is hidden all of the root is open. */
function openCel(
  condition: Extract<Condition, { kind: 'cel' }>,
  detectors: DetectorLookup,
): OpenCondition {
  const judge = compiled(condition, detectors);
  const { text } = condition;
  return (subject, hidden) => {
    const touched = hidden.places.filter((place) => names(text, place));
    if (touched.length === 0) return judge(subject);
    hidden.looked = true;
    const roots = new Set(touched.map(([root, next]) => (next === 'meta' ? 'meta' : root)));
    // What is known of a caller, a client and a tool can't be left open in parts.
    if (['identity', 'client', 'tool', 'request'].some((root) => roots.has(root))) return ANY;
    return judge({
      ...plainSubject(subject),
      ...(roots.has('args') ? { args: UNKNOWN } : {}),
      ...(roots.has('meta') ? { meta: UNKNOWN } : {}),
      ...(roots.has('result') || roots.has('error') ? { result: UNKNOWN, error: UNKNOWN } : {}),
    });
  };
}

/** The members of a subject, whether they are its own or found out when they are asked for. */
export function plainSubject(subject: Subject): Subject {
  const { identity, request, target, client, args, result, tool } = subject;
  const meta: Value = subject.meta ?? ABSENT;
  const plain: Subject = { identity, request, target, client, args, meta, result, tool };
  return subject.error === undefined ? plain : { ...plain, error: subject.error };
}

function openTest(
  test: Extract<Condition, { kind: 'test' }>,
  detectors: DetectorLookup,
): OpenCondition {
  const judge = compiled(test, detectors);
  const presence = onlyPresence(test);
  const [root] = test.path;
  return (subject, hidden) => {
    const isNear = hidden.places.some((place) => place[0] === root);
    if (!isNear || !touchesHidden(test.path, hidden.places, { presence })) return judge(subject);
    hidden.looked = true;
    return ANY;
  };
}

/** A part that throws can't be judged, as in the engine. */
function compiled(condition: Condition, detectors: DetectorLookup): CompiledCondition {
  const judge = compileCondition(condition, new Reader('POLICY'), detectors);
  return (subject) => {
    try {
      return judge(subject);
    } catch {
      return FAULT;
    }
  };
}
