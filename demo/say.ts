import { styleText } from 'node:util';
import { wrap } from '../src/cli/transcripts/wrap.ts';

/** Whether to print in colour: on a terminal only, and https://no-color.org is heeded. */
export const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
/** Characters in a line. */
export const width = Math.min(Math.max(process.stdout.columns ?? 110, 80), 120);

type Format = Parameters<typeof styleText>[0];
const paint = (format: Format, text: string) =>
  colour ? styleText(format, text, { validateStream: false }) : text;

const INDENT = '    ';
const LABEL = 11;
let steps = 0;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function title(text: string): void {
  print(`\n${paint('bold', text)}`);
}

/** Begins a numbered step. */
export function step(text: string): void {
  print(`\n${paint(['bold', 'cyan'], String(++steps).padStart(2))}  ${paint('bold', text)}`);
}

export function line(text = ''): void {
  print((INDENT + text).trimEnd());
}

/** What has just been found to be true. */
export function holds(text: string): void {
  line(`${paint('green', '✓')} ${text}`);
}

/** Text of somebody else: an answer, a rule. */
export function quote(text: string): void {
  const lines = text.trimEnd().split('\n');
  for (const one of lines.flatMap((long) => wrap(long, width - 6))) {
    line(`${paint('dim', '│')} ${one}`);
  }
}

/** A label and what it stands for. */
export function fact(label: string, text: string, wide = LABEL): void {
  line(`${paint('dim', label.padEnd(wide))} ${text}`);
}

/** Lines that are laid out already. */
export function block(text: string): void {
  for (const one of text.trimEnd().split('\n')) line(one);
}

/** Lists beside each other, a row for each name, the name where the list has it. */
export function beside(lists: Readonly<Record<string, readonly string[]>>): void {
  const names = [...new Set(Object.values(lists).flat())];
  const column = Math.max(...names.map((name) => name.length)) + 3;
  const row = (cells: readonly string[]) => cells.map((cell) => cell.padEnd(column)).join('');
  line(paint('dim', row(Object.keys(lists)).trimEnd()));
  for (const name of names) {
    const cells = Object.values(lists).map((list) => (list.includes(name) ? name : '-'));
    line(row(cells).trimEnd());
  }
}

export function ending(text: string): void {
  print(`\n${text}\n`);
}

export function failure(text: string): void {
  process.stdout.write(`\n${paint(['bold', 'red'], '✗')} ${text}\n`);
}
