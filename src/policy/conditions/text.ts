import type { Node } from '../../document/node.ts';
import { messageOf } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import { compileGlob } from '../glob.ts';
import { FALSE, FAULT, truth } from '../outcome.ts';
import { operandTexts } from './operand.ts';
import type { OperandContext, Operator, Test } from './operator.ts';
import { compilePattern } from './pattern.ts';

/**
 * `matches: 'pattern'` — an RE2 pattern found anywhere in the text; anchor it with `^` and `$`. Time is linear in the
 * text whatever the pattern. The text is looked at as it came and, where that differs, in Unicode NFC.
 */
export const matches: Operator = {
  summary: 'is text in which this pattern is found',
  example: {
    when: "{ args.sql: { matches: '(?i)^\\s*select\\b' } }",
    ...{ holds: 'SELECT 1', fails: 'drop table x', unjudged: ['select'] },
  },
  judges: ['text'],
  whenAbsent: FALSE,
  readsNames: true,
  compile: compileMatches,
};
/** `glob: 'db_*'` — the whole text fits one of the globs; `*` is any run of characters. */
export const glob: Operator = {
  summary:
    'is text that fits this as a whole, or one of these; `*` is any run of characters, `?` one',
  example: {
    when: '{ args.table: { glob: ["sales_*", orders] } }',
    ...{ holds: 'sales_2026', fails: 'my_sales_2026', unjudged: null },
  },
  judges: ['text'],
  whenAbsent: FALSE,
  compile: anyOf((text) => compileGlob(text)),
};
/** `starts_with: 'a'` — the text begins with one of these. */
export const startsWith: Operator = {
  summary: 'is text that begins with this, or with one of these',
  example: {
    when: '{ args.branch: { starts_with: feature/ } }',
    ...{ holds: 'feature/x', fails: 'main', unjudged: 1 },
  },
  judges: ['text'],
  whenAbsent: FALSE,
  compile: anyOf((prefix) => (text) => text.startsWith(prefix)),
};
/** `ends_with: 'z'` — the text ends with one of these. */
export const endsWith: Operator = {
  summary: 'is text that ends with this, or with one of these',
  example: {
    when: '{ args.file: { ends_with: [.md, .txt] } }',
    ...{ holds: 'README.md', fails: 'README.md.exe', unjudged: ['README.md'] },
  },
  judges: ['text'],
  whenAbsent: FALSE,
  compile: anyOf((suffix) => (text) => text.endsWith(suffix)),
};

function compileMatches(operand: Node, { reader }: OperandContext): Test | undefined {
  const pattern = reader.text(operand, 'the operand of "matches"');
  if (pattern === undefined) return undefined;
  try {
    const test = compilePattern(pattern);
    return (value) => (typeof value === 'string' ? truth(test(value)) : FAULT);
  } catch (error) {
    const hint = 'patterns are RE2: no look-around, no back-references';
    reader.error('PATTERN', operand.at, messageOf(error), hint);
    return undefined;
  }
}

/** An operator that holds when one of its operands' tests does. */
function anyOf(compile: (operand: string) => (text: string) => boolean): Operator['compile'] {
  return (operand, { reader }) => {
    const tests = operandTexts(operand, reader, 'the operand')?.map(compile);
    if (!tests) return undefined;
    return (value: Json) =>
      typeof value === 'string' ? truth(tests.some((test) => test(value))) : FAULT;
  };
}
