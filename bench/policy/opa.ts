import { readFile } from 'node:fs/promises';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { Engine } from './engine.ts';
import type { PlainCall, PlainRule } from './rules.ts';

/** OPA's WebAssembly with the rules as data, every one looked at (gate.rego). */
export const opa = engineOf('opa wasm', 'gate/listed', 1_000, (rules) => ({ rules }));
/** The same with rules filed by hand under what tells them apart, which OPA doesn't do in WebAssembly. */
export const opaIndexed = engineOf('opa wasm, indexed by hand', 'gate/indexed', 10_000, (rules) => {
  const filed: Record<string, PlainRule[]> = {};
  for (const rule of rules) {
    const key = rule.group ?? rule.tenant ?? rule.tool;
    filed[key] = [...(filed[key] ?? []), rule];
  }
  return { filed };
});

function engineOf(
  name: string,
  entrypoint: string,
  most: number,
  dataOf: (rules: readonly PlainRule[]) => object,
): Engine {
  return {
    name,
    most,
    async load(rules) {
      const wasm = await readFile(new URL('./gate.wasm', import.meta.url));
      const policy = await loadPolicy(wasm, { initial: 1_000, maximum: 20_000 });
      policy.setData(dataOf(rules));
      return (call) => {
        const input = { ...call, keys: keysOf(call) };
        return () => {
          const [found] = policy.evaluate(input, entrypoint) as { result: string }[];
          return found?.result === 'allow' ? 'allow' : 'block';
        };
      };
    },
  };
}

function keysOf({ tool, groups, args }: PlainCall): string[] {
  return [tool, args.tenant, ...groups];
}
