import { createHash } from 'node:crypto';
import { Reader } from '../document/reader.ts';
import { parseYaml } from '../document/yaml.ts';
import { type Position, type Problem, sortProblems } from '../model/position.ts';
import type { Condition, Rule } from './ast.ts';
import { compileCondition } from './compile-condition.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { lint } from './lint.ts';
import { TRUE } from './outcome.ts';
import { parseRules } from './parse.ts';
import { PolicySet } from './policy-set.ts';
import { readsResult } from './roots.ts';

/** A policy file, read. */
export interface PolicySource {
  /** As it is named in messages. */
  readonly file: string;
  readonly text: string;
}

export interface Compilation {
  /** Absent where there are errors. */
  readonly policies?: PolicySet;
  /** Errors and warnings of all files, in reading order. */
  readonly problems: readonly Problem[];
}

/** Reads, checks and compiles policy files. It reports everything that is wrong, not the first thing. */
export function compilePolicies(sources: readonly PolicySource[]): Compilation {
  const reader = new Reader('POLICY');
  const rules = sources.flatMap(({ file, text }) => {
    const { documents, problems } = parseYaml(text, file);
    reader.problems.push(...problems);
    return documents.flatMap((document) => parseRules(document, reader));
  });
  reportDuplicates(rules, reader);
  const compiled = rules.map((rule) => compileRule(rule, reader));
  lint(compiled, reader);
  const problems = sortProblems(reader.problems);
  if (problems.some(({ severity }) => severity === 'error')) return { problems };
  return { policies: new PolicySet(revisionOf(sources), compiled), problems };
}

/** A name for the content of these files: the same content, whatever the order, has the same revision. */
export function revisionOf(sources: readonly PolicySource[]): string {
  const hash = createHash('sha256');
  for (const { file, text } of [...sources].sort((a, b) => (a.file < b.file ? -1 : 1))) {
    hash.update(JSON.stringify([file.split('/').at(-1), text]));
  }
  return hash.digest('hex').slice(0, 12);
}

function compileRule(rule: Rule, reader: Reader): CompiledRule {
  const onResult = rule.when !== undefined && conditionReadsResult(rule.when);
  if (onResult && rule.then === 'approve') {
    const hint = 'an approval comes before the call, when there is no result yet';
    reader.error('APPROVE_ON_RESULT', rule.at, `rule "${rule.id}" approves by the result`, hint);
  }
  const holds = rule.when ? compileCondition(rule.when, reader) : () => TRUE;
  return { ...rule, holds, readsResult: onResult };
}

function conditionReadsResult(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.some(conditionReadsResult);
    case 'not':
      return conditionReadsResult(condition.of);
    case 'cel':
      return false;
    case 'test':
      return readsResult(condition.path);
  }
}

function reportDuplicates(rules: readonly Rule[], reader: Reader): void {
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
