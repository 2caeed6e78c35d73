import { createHash } from 'node:crypto';
import { atOnce } from '../document/at-once.ts';
import type { YamlEvents } from '../document/events.ts';
import { Reader } from '../document/reader.ts';
import { parseYamlInSteps } from '../document/yaml.ts';
import type { DetectorSpec } from '../model/decision.ts';
import { type Position, type Problem, sortProblems } from '../model/position.ts';
import { bindRule } from './bind-rule.ts';
import { lintInSteps } from './check/lint.ts';
import { compileRule } from './compile-rule.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { Definitions } from './detector-names.ts';
import { parseDocument, parseRule } from './parse/parse.ts';
import type { Definition } from './parse/parse-detectors.ts';
import { PolicySet } from './policy-set.ts';

/** A policy file, read. */
export interface PolicySource {
  /** As it is named in messages. */
  readonly file: string;
  readonly text: string;
}

/** The rules of one file, each with what is wrong with it by itself. */
export interface CompiledFile extends PolicySource {
  readonly rules: readonly CompiledRule[];
  /** Detectors that it defines, for the rules of all files. */
  readonly detectors: readonly Definition[];
  /** What is wrong outside of rules. */
  readonly problems: readonly Problem[];
}

export interface Compilation {
  /** Absent where there are errors. */
  readonly policies?: PolicySet;
  /** Errors and warnings of all files, in reading order. */
  readonly problems: readonly Problem[];
}

/** Reads, checks and compiles policy files. It reports everything that is wrong, not the first thing. */
export function compilePolicies(sources: readonly PolicySource[]): Compilation {
  return atOnce(compilePoliciesInSteps(sources));
}

/** The same in steps of about a millisecond, so that whoever takes them can do something else in between. */
export function* compilePoliciesInSteps(
  sources: readonly PolicySource[],
): Generator<void, Compilation> {
  const files: CompiledFile[] = [];
  for (const source of sources) files.push(yield* compileFileInSteps(source));
  return yield* linkInSteps(files);
}

/** Checks the files of a revision against each other, in steps, and puts their rules together. */
export function* linkInSteps(files: readonly CompiledFile[]): Generator<void, Compilation> {
  const reader = new Reader('POLICY');
  for (const { problems } of files) for (const problem of problems) reader.problems.push(problem);
  const definitions = definitionsOf(files, reader);
  yield;
  const rules: CompiledRule[] = [];
  for (const file of files) {
    for (const rule of file.rules) {
      rules.push(bindRule(rule, definitions, reader));
      if (rule.ownNames.length > 0) yield;
    }
  }
  yield;
  const duplicates = reportDuplicates(rules, reader);
  yield;
  yield* lintInSteps(rules, reader, duplicates);
  yield;
  const problems = sortProblems(reader.problems);
  if (problems.some(({ severity }) => severity === 'error')) return { problems };
  const revision = yield* revisionInSteps(files);
  return { policies: new PolicySet(revision, rules), problems };
}

/**
 * Compiles one file in steps.
 *
 * @param events what {@link readEvents} gave for its text, where that has been taken apart already.
 */
export function* compileFileInSteps(
  { file, text }: PolicySource,
  events?: YamlEvents,
): Generator<void, CompiledFile> {
  const reader = new Reader('POLICY');
  const { documents, problems } = yield* parseYamlInSteps(text, file, events);
  const rules: CompiledRule[] = [];
  const detectors: Definition[] = [];
  for (const node of documents) {
    const document = parseDocument(node, reader);
    for (const definition of document?.detectors ?? []) detectors.push(definition);
    for (const ruleNode of document?.rules ?? []) {
      const own = new Reader('POLICY');
      const rule = document && parseRule(ruleNode, document, own);
      if (rule) rules.push(compileRule(rule, own, problems.length === 0));
      else reader.problems.push(...own.problems);
      yield;
    }
  }
  return { file, text, rules, detectors, problems: [...problems, ...reader.problems] };
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

/** Detectors by name. Two of one name are an error, so which of them it is makes no difference. */
function definitionsOf(files: readonly CompiledFile[], reader: Reader): Definitions {
  const definitions = new Map<string, DetectorSpec>();
  const first = new Map<string, Position>();
  for (const { spec, at } of files.flatMap(({ detectors }) => detectors)) {
    const earlier = first.get(spec.name);
    if (earlier) {
      const hint = `the other one is at ${earlier.file}:${earlier.line}`;
      reader.error('DETECTOR_TAKEN', at, `the detector "${spec.name}" is defined twice`, hint);
    } else {
      first.set(spec.name, at);
      definitions.set(spec.name, spec);
    }
  }
  return definitions;
}

/** @returns the rules whose id an earlier one has */
function reportDuplicates(rules: readonly CompiledRule[], reader: Reader): Set<CompiledRule> {
  const first = new Map<string, Position>();
  const duplicates = new Set<CompiledRule>();
  for (const rule of rules) {
    const { id, at } = rule;
    const earlier = first.get(id);
    if (!earlier) first.set(id, at);
    else {
      duplicates.add(rule);
      const where = `${earlier.file}:${earlier.line}`;
      reader.error('DUPLICATE_ID', at, `the id "${id}" is taken`, `the other one is at ${where}`);
    }
  }
  return duplicates;
}
