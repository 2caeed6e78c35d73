import { createHash } from 'node:crypto';
import { atOnce } from '../document/at-once.ts';
import type { YamlEvents } from '../document/events.ts';
import { Reader } from '../document/reader.ts';
import { parseYamlInSteps } from '../document/yaml.ts';
import { type Position, type Problem, sortProblems } from '../model/position.ts';
import { compileRule } from './compile-rule.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { lintInSteps } from './lint.ts';
import { parseRules } from './parse.ts';
import { PolicySet } from './policy-set.ts';

/** A policy file, read. */
export interface PolicySource {
  /** As it is named in messages. */
  readonly file: string;
  readonly text: string;
}

/** The rules of one file, and what is wrong with them by themselves. */
export interface CompiledFile extends PolicySource {
  readonly rules: readonly CompiledRule[];
  readonly problems: readonly Problem[];
}

export interface Compilation {
  /** Absent where there are errors. */
  readonly policies?: PolicySet;
  /** Errors and warnings of all files, in reading order. */
  readonly problems: readonly Problem[];
}

/** What has been done of a compilation already. */
export interface CompileAhead {
  /** A file that was compiled before; it is taken as it is where its name and its text are the same. */
  compiled?(source: PolicySource): CompiledFile | undefined;
  /** The text of a file taken apart. */
  events?(source: PolicySource): YamlEvents | undefined;
  /** Told of each file, for another time. */
  keep?(file: CompiledFile): void;
}

/** Reads, checks and compiles policy files. It reports everything that is wrong, not the first thing. */
export function compilePolicies(sources: readonly PolicySource[]): Compilation {
  return atOnce(compilePoliciesInSteps(sources));
}

/** The same in steps of well under a millisecond, so that whoever takes them can do something else in between. */
export function* compilePoliciesInSteps(
  sources: readonly PolicySource[],
  ahead: CompileAhead = {},
): Generator<void, Compilation> {
  const reader = new Reader('POLICY');
  const rules: CompiledRule[] = [];
  for (const source of sources) {
    const file = ahead.compiled?.(source) ?? (yield* compileFile(source, ahead.events?.(source)));
    ahead.keep?.(file);
    for (const rule of file.rules) rules.push(rule);
    for (const problem of file.problems) reader.problems.push(problem);
    yield;
  }
  reportDuplicates(rules, reader);
  yield;
  yield* lintInSteps(rules, reader);
  yield;
  const problems = sortProblems(reader.problems);
  if (problems.some(({ severity }) => severity === 'error')) return { problems };
  const revision = yield* revisionInSteps(sources);
  return { policies: new PolicySet(revision, rules), problems };
}

function* compileFile(
  { file, text }: PolicySource,
  events: YamlEvents | undefined,
): Generator<void, CompiledFile> {
  const reader = new Reader('POLICY');
  const { documents, problems } = yield* parseYamlInSteps(text, file, events);
  const rules: CompiledRule[] = [];
  for (const document of documents) {
    for (const rule of parseRules(document, reader)) {
      rules.push(compileRule(rule, reader));
      yield;
    }
  }
  return { file, text, rules, problems: [...problems, ...reader.problems] };
}

/** A name for the content of these files: the same content, whatever the order, has the same revision. */
export function revisionOf(sources: readonly PolicySource[]): string {
  return atOnce(revisionInSteps(sources));
}

function* revisionInSteps(sources: readonly PolicySource[]): Generator<void, string> {
  const hash = createHash('sha256');
  for (const { file, text } of [...sources].sort((a, b) => (a.file < b.file ? -1 : 1))) {
    hash.update(JSON.stringify([file.split('/').at(-1), text]));
    yield;
  }
  return hash.digest('hex').slice(0, 12);
}

function reportDuplicates(rules: readonly CompiledRule[], reader: Reader): void {
  const first = new Map<string, Position>();
  for (const { id, at } of rules) {
    const earlier = first.get(id);
    if (!earlier) first.set(id, at);
    else {
      const where = `${earlier.file}:${earlier.line}`;
      reader.error('DUPLICATE_ID', at, `the id "${id}" is taken`, `the other one is at ${where}`);
    }
  }
}
