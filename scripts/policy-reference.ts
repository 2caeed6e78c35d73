import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { detectorGroups, detectors } from '../src/mask/detectors.ts';
import type { Json } from '../src/model/json.ts';
import { problemCodes } from '../src/policy/check/problem-codes.ts';
import type { OperatorExample } from '../src/policy/conditions/operator.ts';
import { detectorSummaries } from '../src/policy/detector-summaries.ts';
import { maskerSummaries } from '../src/policy/masker-summaries.ts';
import { operators } from '../src/policy/operators.ts';
import { rootSummaries } from '../src/policy/root-summaries.ts';
import { typeAt } from '../src/policy/roots.ts';

/** The page whose tables are made of what the sources say. */
export const pagePath = fileURLToPath(new URL('../docs/policy-language.md', import.meta.url));

const parts: Readonly<Record<string, () => string>> = {
  operators: operatorTable,
  roots: rootTable,
  detectors: detectorTable,
  groups: groupTable,
  maskers: maskerTable,
  codes: codeTable,
};

/**
 * The page with its made parts anew. They stand between `<!-- made: operators -->` and `<!-- end -->`, and say in the
 * page that a script wrote them.
 */
export function withMadeParts(page: string): string {
  return page.replace(/<!-- made: (\w+)[^>]*-->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    const part = parts[name];
    if (!part) throw new Error(`nothing makes the part "${name}"`);
    return `<!-- made: ${name} by scripts/policy-reference.ts -->\n${part()}\n<!-- end -->`;
  });
}

function operatorTable(): string {
  const rows = [...operators].map(([name, { summary, example }]) => {
    const cells = [`\`${name}\``, summary, `\`${example.when}\``, ...outcomes(example)];
    return row(cells);
  });
  const head = [
    'Operator',
    'Holds when the value …',
    'Example',
    'Holds of',
    'Not of',
    'Not judged',
  ];
  return table(head, rows);
}

function outcomes(example: OperatorExample): string[] {
  return [example.holds, example.fails, 'unjudged' in example ? example.unjudged : NEVER].map(
    shown,
  );
}

const NEVER = Symbol('never');

function shown(value: Json | undefined | symbol): string {
  if (typeof value === 'symbol') return '–';
  return value === undefined ? 'nothing' : `\`${JSON.stringify(value)}\``;
}

function rootTable(): string {
  const rows = [...rootSummaries].map(([name, summary]) => {
    return row([`\`${name}\``, typeOf(name), summary]);
  });
  return table(['Root', 'Type', 'Value'], rows);
}

function typeOf(name: string): string {
  if (name === 'tool.annotations.*') return 'true or false; `title`: text';
  const type = name.endsWith('.*') ? undefined : typeAt(name.split('.'));
  if (!type) return 'any';
  return type.kind === 'list' ? 'list of texts' : type.kind;
}

function detectorTable(): string {
  const rows = [...detectorSummaries].map(([name, { finds, example, shape = '' }]) => {
    const shown = example === undefined ? `\`${shape}\`` : `\`${example.replace(/[«»]/g, '')}\``;
    return row([`\`${name}\``, finds, shown]);
  });
  return table(['Detector', 'Finds', 'Such as'], rows);
}

function groupTable(): string {
  const rows = [...detectorGroups].map(([name, members]) => {
    const isAll = members.length === detectors.size;
    const names = members.map((member) => `\`${member.name}\``).join(', ');
    return row([`\`${name}\``, isAll ? 'every detector that is built in' : names]);
  });
  return table(['Group', 'Stands for'], rows);
}

function maskerTable(): string {
  const rows = [...maskerSummaries].map(([name, { gives, with: how, before, after }]) => {
    return row([`\`${name}\``, gives, `\`with: ${how}\``, shown(before), shown(after)]);
  });
  return table(['Masker', 'Gives', 'Written', 'Before', 'After'], rows);
}

function codeTable(): string {
  const rows = [...problemCodes].map(([code, { severity, means, advice }]) => {
    return row([`\`${code}\``, severity, means, advice]);
  });
  return table(['Code', 'Severity', 'Meaning', 'What to do'], rows);
}

function table(head: readonly string[], rows: readonly string[]): string {
  return [row(head), `|${'---|'.repeat(head.length)}`, ...rows].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(pagePath, withMadeParts(readFileSync(pagePath, 'utf8')));
}
