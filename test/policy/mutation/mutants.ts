import { parseSync } from 'vite';

/** One change to a source file that some test should notice. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** What kind of thing was changed: the operator or name. */
  readonly change: string;
  /** The line as it was, trimmed. With file and change it names the mutant, wherever the line moves to. */
  readonly code: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Syntax {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}
type Change = readonly [from: Syntax | readonly [number, number], text: string, change: string];

const swappedOperators: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>'],
  '<=': ['<', '>'],
  '>': ['>=', '<'],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '|': ['&'],
  '&': ['|'],
  '&&': ['||'],
  '||': ['&&'],
};
/** Names that a slip of the pen would confuse. */
const swappedNames: Readonly<Record<string, readonly string[]>> = {
  TRUE: ['FALSE', 'FAULT'],
  FALSE: ['TRUE', 'FAULT'],
  FAULT: ['TRUE', 'FALSE'],
  ANY: ['FAULT', 'TRUE'],
  ABSENT: ['UNAVAILABLE'],
  UNAVAILABLE: ['ABSENT'],
  UNKNOWN: ['UNAVAILABLE'],
  DEEP: ['EACH'],
  EACH: ['DEEP'],
  and: ['or'],
  or: ['and'],
  mayHold: ['cannotFail', 'mayMatter'],
  mayMatter: ['mayHold', 'cannotFail'],
  cannotFail: ['mayMatter'],
  conjunction: ['disjunction'],
  disjunction: ['conjunction'],
  isList: ['isObject'],
  isObject: ['isList'],
};
const swappedMethods: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  min: 'max',
  max: 'min',
};

/** Every mutant of a TypeScript file. Types, imports and texts of messages are left alone. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} can't be parsed`);
  const changes: Change[] = [];
  visit(program as unknown as Syntax, source, changes);
  return changes.map(([place, text, change]) => {
    const [start, end] = 'type' in place ? [place.start, place.end] : place;
    const line = source.slice(0, start).split('\n').length;
    const code = source.split('\n')[line - 1]?.trim() ?? '';
    return { file, line, change, code, start, end, text };
  });
}

export function mutated(source: string, { start, end, text }: Mutant): string {
  return source.slice(0, start) + text + source.slice(end);
}

function visit(node: Syntax, source: string, changes: Change[]): void {
  if (/^(?:TS|Import|Export(?:All|Named)Declaration$)/.test(node.type)) {
    const declared = node.declaration as Syntax | undefined;
    if (declared) visit(declared, source, changes);
    else if (/^TS(?:As|Satisfies|NonNull)/.test(node.type)) {
      visit(node.expression as Syntax, source, changes);
    }
    return;
  }
  // What a table of documentation says is tested by the documentation.
  if (node.type === 'Property' && (node.key as Syntax).name === 'example') return;
  changes.push(...changesOf(node, source));
  for (const [key, value] of Object.entries(node)) {
    if (isBinding(node, key)) continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isSyntax(child)) visit(child, source, changes);
    }
  }
}

function isSyntax(value: unknown): value is Syntax {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Names that something is given, not taken by. */
function isBinding(node: Syntax, key: string): boolean {
  if (key === 'typeAnnotation' || key === 'typeParameters' || key === 'typeArguments') return true;
  if (key === 'id' || key === 'params' || key === 'returnType') return true;
  if (node.type === 'MemberExpression') return key === 'property' && node.computed !== true;
  return key === 'key' && node.computed !== true;
}

function changesOf(node: Syntax, source: string): readonly Change[] {
  const textOf = (part: unknown) => source.slice((part as Syntax).start, (part as Syntax).end);
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return ofOperator(node, source);
    case 'UnaryExpression':
      return node.operator === '!' ? [[node, `(${textOf(node.argument)})`, '! dropped']] : [];
    case 'IfStatement':
    case 'ConditionalExpression':
      return ['true', 'false'].map((text) => [node.test as Syntax, text, `${text} for a test`]);
    case 'Identifier':
      return (swappedNames[node.name as string] ?? []).map((to) => [
        node,
        to,
        `${node.name as string} → ${to}`,
      ]);
    case 'Literal':
      return ofLiteral(node);
    case 'ExpressionStatement':
      return (node.expression as Syntax).type === 'CallExpression'
        ? [[node, ';', 'a call left out']]
        : [];
    case 'CallExpression':
      return ofCall(node, textOf);
    default:
      return [];
  }
}

function ofOperator(node: Syntax, source: string): readonly Change[] {
  const operator = node.operator as string;
  const left = (node.left as Syntax).end;
  const start = source.indexOf(operator, left);
  return (swappedOperators[operator] ?? []).map((to) => [
    [start, start + operator.length],
    to,
    `${operator} → ${to}`,
  ]);
}

function ofLiteral(node: Syntax): readonly Change[] {
  const { value } = node;
  if (typeof value === 'boolean') return [[node, String(!value), `${value} → ${!value}`]];
  if (typeof value === 'number') return [[node, String(value + 1), `${value} → ${value + 1}`]];
  return [];
}

function ofCall(node: Syntax, textOf: (part: unknown) => string): readonly Change[] {
  const callee = node.callee as Syntax;
  const [first] = node.arguments as readonly Syntax[];
  if (callee.type === 'Identifier') {
    return callee.name === 'not' && first ? [[node, textOf(first), 'not dropped']] : [];
  }
  if (callee.type !== 'MemberExpression') return [];
  const method = callee.property as Syntax;
  const name = method.name as string;
  const swapped = swappedMethods[name];
  if (swapped) return [[method, swapped, `${name} → ${swapped}`]];
  return name === 'filter' ? [[node, textOf(callee.object), 'filter dropped']] : [];
}
