import { RE2JS } from 're2js';
import type { Node } from '../../document/node.ts';
import { messageOf } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import { compileGlob } from '../glob.ts';
import { FALSE, FAULT, truth } from '../outcome.ts';
import type { OperandContext, Operator, Test } from './operator.ts';

/**
 * `matches: 'pattern'` — an RE2 pattern found anywhere in the text; anchor it with `^` and `$`. Time is linear in the
 * text whatever the pattern. The text is looked at as it came and, where that differs, in Unicode NFC.
 */
export const matches: Operator = { whenAbsent: FALSE, readsNames: true, compile: compileMatches };
/** `glob: 'db_*'` — the whole text fits one of the globs; `*` is any run of characters. */
export const glob: Operator = { whenAbsent: FALSE, compile: anyOf((text) => compileGlob(text)) };
/** `starts_with: 'a'` — the text begins with one of these. */
export const startsWith: Operator = {
  whenAbsent: FALSE,
  compile: anyOf((prefix) => (text) => text.startsWith(prefix)),
};
/** `ends_with: 'z'` — the text ends with one of these. */
export const endsWith: Operator = {
  whenAbsent: FALSE,
  compile: anyOf((suffix) => (text) => text.endsWith(suffix)),
};

function compileMatches(operand: Node, { reader }: OperandContext): Test | undefined {
  const pattern = reader.text(operand, 'the operand of "matches"');
  if (pattern === undefined) return undefined;
  try {
    const compiled = RE2JS.compile(pattern);
    return (value) => {
      if (typeof value !== 'string') return FAULT;
      if (compiled.test(value)) return truth(true);
      const composed = value.normalize('NFC');
      return truth(composed !== value && compiled.test(composed));
    };
  } catch (error) {
    const hint = 'patterns are RE2: no look-around, no back-references';
    reader.error('PATTERN', operand.at, messageOf(error), hint);
    return undefined;
  }
}

/** An operator that holds when one of its operands' tests does. */
function anyOf(compile: (operand: string) => (text: string) => boolean): Operator['compile'] {
  return (operand, { reader }) => {
    const tests = reader.texts(operand, 'the operand')?.map(compile);
    if (!tests) return undefined;
    return (value: Json) =>
      typeof value === 'string' ? truth(tests.some((test) => test(value))) : FAULT;
  };
}
