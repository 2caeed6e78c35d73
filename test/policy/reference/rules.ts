import type { Subject } from '../../../src/policy/subject.ts';
import { evaluate, readsAnswer, type When } from './conditions.ts';
import type { Verdict, Verdicts } from './outcomes.ts';
import { fits } from './texts.ts';

type Names = string | readonly string[];

/** A rule as it stands in the policy. */
export interface Rule {
  readonly id: string;
  readonly on?: Readonly<Partial<Record<'tools' | 'resources' | 'prompts' | 'methods', Names>>>;
  readonly when?: When;
  readonly then?: 'allow' | 'block' | 'approve';
  readonly mask?: unknown;
  readonly reveal?: unknown;
  readonly mode?: 'enforce' | 'shadow';
  readonly denial?: 'explain' | 'hide';
}

export interface Document {
  readonly upstreams?: Names;
  readonly rules: readonly Rule[];
}

/** What a rule says of a message. */
export interface Said {
  readonly rule: Rule;
  readonly verdicts: Verdicts;
}

/** What every rule about this message says of it, one by one. */
export function ask(documents: readonly Document[], subject: Subject): readonly Said[] {
  return documents.flatMap(({ upstreams, rules }) =>
    rules
      .filter((rule) => isFor(upstreams, subject) && isAbout(rule, subject))
      .map((rule) => ({ rule, verdicts: evaluate(rule.when ?? {}, subject) })),
  );
}

/** Nothing left out of a list: left out altogether, `upstreams` means all. */
export function isFor(upstreams: Names | undefined, { request }: Subject): boolean {
  return upstreams === undefined || namesOf(upstreams).some((glob) => fits(glob, request.upstream));
}

export function isAbout({ on }: Rule, { target, request }: Subject): boolean {
  if (!on) return true;
  return Object.entries(on).some(([kind, globs]) =>
    namesOf(globs).some((glob) => {
      if (kind === 'methods') return fits(glob, request.method);
      if (kind !== target.kind) return false;
      return fits(glob, target.name, kind === 'resources' ? '/' : undefined);
    }),
  );
}

export function namesOf(names: Names): readonly string[] {
  return typeof names === 'string' ? [names] : names;
}

/** What can't be judged never helps the caller. */
export function matches({ then }: Rule, verdict: Verdict): boolean {
  return verdict === 'true' || (verdict === 'fault' && then !== 'allow');
}

export function looksAtAnswer({ when }: Rule): boolean {
  return readsAnswer(when);
}
