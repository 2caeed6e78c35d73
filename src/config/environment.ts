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
      const [, name] = (typeof node.value === 'string' && VARIABLE.exec(node.value)) || [];
      if (name === undefined) return node;
      const value = environment[name];
      if (value !== undefined && value !== '') return { ...node, value };
      problems.push({
        code: 'CONFIG_VARIABLE',
        severity: 'error',
        at: node.at,
        message: `the environment has no variable ${name}`,
        hint: 'set it, or write the value itself',
      });
      return node;
    }
  }
}
