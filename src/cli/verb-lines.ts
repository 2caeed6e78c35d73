import type { ListedVerb } from './verb.ts';

/** Verbs with what each is for, a line each. */
export function verbLines(verbs: Readonly<Record<string, ListedVerb>>): string {
  const widest = Math.max(...Object.keys(verbs).map(({ length }) => length));
  const lines = Object.entries(verbs).map(([name, { summary }]) => {
    return `  ${name.padEnd(widest)}  ${summary}`;
  });
  return lines.join('\n');
}
