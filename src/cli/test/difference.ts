import { isList, isObject, type Json } from '../../model/json.ts';

const MAX_LINES = 12;
const MAX_WIDTH = 160;

/** Where two values differ, a line each: `content[0].text: expected "a", got "b"`. */
export function differences(expected: Json, actual: Json): string[] {
  const lines: string[] = [];
  compare(expected, actual, '', lines);
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `... and ${lines.length - MAX_LINES} more differences`];
}

function compare(
  expected: Json | undefined,
  actual: Json | undefined,
  at: string,
  lines: string[],
): void {
  if (isList(expected) && isList(actual) && expected.length === actual.length) {
    for (const [i, item] of expected.entries()) compare(item, actual[i], `${at}[${i}]`, lines);
  } else if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const name = /^[\w-]+$/.test(key) ? `${at ? '.' : ''}${key}` : `[${JSON.stringify(key)}]`;
      compare(expected[key], actual[key], at + name, lines);
    }
  } else if (JSON.stringify(expected) !== JSON.stringify(actual)) {
    lines.push(`${at ? `${at}: ` : ''}expected ${shown(expected)}, got ${shown(actual)}`);
  }
}

function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH)}...` : text;
}
