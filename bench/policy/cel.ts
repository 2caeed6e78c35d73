import { Environment } from '@marcbachmann/cel-js';
import type { Engine } from './engine.ts';
import type { PlainRule } from './rules.ts';

/** A CEL library: an expression for each rule, parsed and checked beforehand, evaluated until one blocks. */
export const cel: Engine = {
  name: 'cel-js',
  most: 10_000,
  load(rules) {
    const environment = new Environment()
      .registerVariable('tool', 'string')
      .registerVariable('groups', 'list<string>')
      .registerVariable('args', 'map');
    const compiled = rules.map((rule) => ({ ...rule, holds: environment.parse(textOf(rule)) }));
    const blocks = compiled.filter(({ effect }) => effect === 'block');
    const allows = compiled.filter(({ effect }) => effect === 'allow');
    return ({ tool, groups, args }) => {
      const context = { tool, groups, args: { ...args, limit: BigInt(args.limit) } };
      return () => {
        if (blocks.some(({ holds }) => holds(context) === true)) return 'block';
        return allows.some(({ holds }) => holds(context) === true) ? 'allow' : 'block';
      };
    };
  },
};

function textOf({ tool, group, tenant, limit }: PlainRule): string {
  return [
    `tool == "${tool}"`,
    ...(group === undefined ? [] : [`"${group}" in groups`]),
    ...(tenant === undefined ? [] : [`args.tenant == "${tenant}"`]),
    `args.limit <= ${limit}`,
    'args.sql.startsWith("select")',
  ].join(' && ');
}
