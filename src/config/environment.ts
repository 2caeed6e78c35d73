import type { Node } from '../document/node.ts';
import type { Problem } from '../model/position.ts';

const VARIABLE = /^env:([A-Za-z_][A-Za-z0-9_]*)$/;

/** The document with every `env:NAME` replaced by that variable, so that secrets stay out of files. */
export function withVariables(
  node: Node,
  environment: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): Node {
  const inner = (child: Node) => withVariables(child, environment, problems);
  switch (node.kind) {
    case 'map': {
      const entries = node.entries.map((entry) => ({ ...entry, value: inner(entry.value) }));
      return { ...node, entries };
    }
    case 'list':
      return { ...node, items: node.items.map(inner) };
    case 'scalar': {
      if (typeof node.value !== 'string' || !node.value.startsWith('env:')) return node;
      const [, name] = VARIABLE.exec(node.value) ?? [];
      const value = name === undefined ? undefined : environment[name];
      if (value !== undefined && value !== '') return { ...node, value };
      problems.push(missing(node, name));
      return node;
    }
  }
}

/** What follows a mistaken `env:` may be the secret itself, so the message leaves it out. */
function missing({ at }: Node, name: string | undefined): Problem {
  const severity = 'error';
  if (name === undefined) {
    const message = 'env: must be followed by the name of a variable (letters, digits, _)';
    return { code: 'CONFIG_VARIABLE', severity, at, message };
  }
  const message = `the environment has no variable ${name}`;
  const hint = 'set it, or write the value itself';
  return { code: 'CONFIG_VARIABLE', severity, at, message, hint };
}
