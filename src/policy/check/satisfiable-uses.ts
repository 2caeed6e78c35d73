import type { Node } from '../../document/node.ts';
import { Reader } from '../../document/reader.ts';
import type { Json } from '../../model/json.ts';
import type { OperatorUse } from '../ast.ts';
import type { OptionalTest } from '../conditions/operator.ts';
import { builtIn } from '../detector-names.ts';
import { operators } from '../operators.ts';
import { ANY, and, FALSE, FAULT, not, type Outcome, or, TRUE, truth } from '../outcome.ts';
import { parseUses } from '../parse/parse-condition.ts';
import { type Sample, samplesOf } from './satisfiable-samples.ts';

/** How the operators of one test come out, all together, for the values that a sample stands for. */
export function outcomeOfUses(uses: readonly OperatorUse[], sample: Sample): Outcome {
  return uses.reduce((all: Outcome, use) => and(all, outcomeOfUse(use, sample)), TRUE);
}

/** Operators that see nothing of a value but its type, and how it compares with the policy's own values. */
const BY_ORDER = new Set([
  'eq',
  'ne',
  'in',
  'not_in',
  'gt',
  'gte',
  'lt',
  'lte',
  'exists',
  'absent',
  'type',
]);
/** Operators that look into text and always come out as true or false there. */
const LOOK_INTO_TEXT = new Set([
  'contains',
  'matches',
  'glob',
  'starts_with',
  'ends_with',
  'detects',
]);
/** Operators that can be judged of text only. */
const TEXT_ONLY = new Set([
  'matches',
  'glob',
  'starts_with',
  'ends_with',
  'cidr',
  'url_host',
  'path_within',
]);
const QUANTIFIERS = new Set(['every', 'some', 'none']);
const NOT_OF_NUMBERS = new Set([...TEXT_ONLY, ...QUANTIFIERS, 'length', 'contains']);
const EITHER: Outcome = TRUE | FALSE;

function outcomeOfUse(use: OperatorUse, sample: Sample): Outcome {
  switch (sample.kind) {
    case 'unavailable':
      return FAULT;
    case 'absent':
      return operators.get(use.operator)?.whenAbsent ?? ANY;
    case 'exact':
      return run(use, sample.value);
    case 'number':
      if (BY_ORDER.has(use.operator)) return run(use, sample.value);
      return NOT_OF_NUMBERS.has(use.operator) ? FAULT : ANY;
    case 'text':
      return ofText(use, sample);
    case 'list':
    case 'object':
      return ofTree(use, sample);
    case 'unknown':
      return ANY;
  }
}

function ofText(use: OperatorUse, sample: Extract<Sample, { kind: 'text' }>): Outcome {
  const { operator } = use;
  if (BY_ORDER.has(operator)) return run(use, sample.order);
  if (operator === 'length') return ofSize(use, sample.size);
  if (operator === 'starts_with') return run(use, sample.prefix);
  if (operator === 'ends_with') return run(use, sample.suffix);
  if (QUANTIFIERS.has(operator)) return FAULT;
  // A list or text; it can't be judged of a text where another type is looked for.
  if (operator === 'contains') return run(use, '') === FAULT ? FAULT : EITHER;
  return LOOK_INTO_TEXT.has(operator) ? EITHER : ANY;
}

function ofTree(
  use: OperatorUse,
  { kind, size }: { kind: 'list' | 'object'; size: number },
): Outcome {
  const { operator, operand } = use;
  if (operator === 'length') return ofSize(use, size);
  if (BY_ORDER.has(operator)) return run(use, kind === 'list' ? [null] : { a: null });
  if (TEXT_ONLY.has(operator)) return FAULT;
  if (operator === 'contains') return kind === 'list' ? ofContents(operand) : FAULT;
  if (!QUANTIFIERS.has(operator)) return ANY;
  if (kind === 'object') return FAULT;
  const element = elementOutcomes(operand);
  if (operator === 'every') return closure(element, and);
  return operator === 'some' ? closure(element, or) : not(closure(element, or));
}

/** A list may hold a number that only its text can, of which it can't be told whether it is the one looked for. */
function ofContents(operand: Node): Outcome {
  return operand.kind === 'scalar' && typeof operand.value === 'number' ? ANY : EITHER;
}

/** What the tests of a quantifier can come to for one element. */
function elementOutcomes(operand: Node): Outcome {
  const uses = parseUses(operand, new Reader('POLICY'));
  if (!uses) return ANY;
  const samples = samplesOf(uses, { type: 'any', optional: false });
  return samples.reduce((any: Outcome, sample) => {
    // An element is always there.
    const isElement = sample.kind !== 'absent' && sample.kind !== 'unavailable';
    return isElement ? any | outcomeOfUses(uses, sample) : any;
  }, 0);
}

/** Everything that one or more elements can come to together. */
function closure(each: Outcome, combine: (a: Outcome, b: Outcome) => Outcome): Outcome {
  let found = each;
  for (let i = 0; i < 3; i++) found |= combine(found, each);
  return found;
}

function ofSize({ operand }: OperatorUse, size: number): Outcome {
  if (operand.kind === 'scalar') return truth(operand.value === size);
  const uses = parseUses(operand, new Reader('POLICY'));
  return uses ? outcomeOfUses(uses, { kind: 'exact', value: size }) : ANY;
}

const compiled = new WeakMap<OperatorUse, OptionalTest>();

/** What the operator itself says of a value. */
function run(use: OperatorUse, value: Json): Outcome {
  let test = compiled.get(use);
  if (!test) {
    test = compileUse(use);
    compiled.set(use, test);
  }
  return test(value);
}

function compileUse({ operator: name, operand }: OperatorUse): OptionalTest {
  const reader = new Reader('POLICY');
  const operator = operators.get(name);
  const tests = (node: Node): OptionalTest | undefined => {
    const uses = parseUses(node, reader);
    const inner = uses?.map(compileUse);
    return inner && ((value) => inner.reduce((all: Outcome, test) => and(all, test(value)), TRUE));
  };
  const test = operator?.compile(operand, { reader, tests, detectors: builtIn });
  if (!operator || !test) return () => ANY;
  return (value) => (value === undefined ? operator.whenAbsent : test(value));
}
