import { describe, expect, it } from 'vitest';
import { compileAside } from '../../src/config/compile-aside.ts';
import { compilePolicies, type PolicySource } from '../../src/policy/compile.ts';

const rule = (id: string, x: string) =>
  `  - { id: ${id}, on: { tools: [query] }, when: { args.x: { eq: "${x}" } }, then: allow }\n`;
const source = (file: string, ...rules: readonly string[]): PolicySource => ({
  file,
  text: `apiVersion: sallyport/v1\nrules:\n${rules.join('')}`,
});
/** A file of more characters than are taken apart in place. */
const large = (file: string, mark: string) =>
  source(file, ...Array.from({ length: 800 }, (_, i) => rule(`${mark}${i}`, `${mark}${i}`)));
const told = ({ policies, problems }: Awaited<ReturnType<ReturnType<typeof compileAside>>>) => ({
  revision: policies?.revision,
  ids: policies?.rules.map(({ id }) => id),
  places: policies?.rules.map(({ at }) => at),
  problems,
});

describe('compiling aside', () => {
  it('gives what compiling at once gives, of large files, of small ones, and of errors', async () => {
    const compile = compileAside();
    const fine = [large('a.yaml', 'a'), source('b.yaml', rule('b', 'b'))];
    expect(told(await compile(fine))).toEqual(told(compilePolicies(fine)));
    const twice = [...fine, source('c.yaml', rule('a7', 'c'), '  - { id: d, then: alow }\n')];
    const broken = [large('d.yaml', 'd')].map(({ file, text }) => ({ file, text: `${text}  - [` }));
    for (const sources of [twice, broken, [...twice, ...broken], fine, []]) {
      const found = told(await compile(sources));
      expect(found).toEqual(told(compilePolicies(sources)));
      expect(found.revision === undefined).toBe(sources !== fine && sources.length > 0);
    }
  });

  it('compiles again only files that have changed', async () => {
    const compile = compileAside();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => source(`${name}.yaml`, rule(name, name)));
    if (!a || !b || !c) throw new Error('no sources');
    const before = await compile([a, b]);
    const after = await compile([a, { ...b, text: source('', rule('b', 'other')).text }, c]);
    expect(after.policies?.rules.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(after.policies?.rules[0]).toBe(before.policies?.rules[0]);
    expect(after.policies?.rules[1]).not.toBe(before.policies?.rules[1]);
    const moved = await compile([{ ...a, file: 'z.yaml' }]);
    expect(moved.policies?.rules[0]?.at.file).toBe('z.yaml');
  });

  it('lets the event loop turn', async () => {
    const compile = compileAside();
    let turns = 0;
    const count = () => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    await compile(Array.from({ length: 60 }, (_, i) => source(`${i}.yaml`, rule(`r${i}`, 'x'))));
    await compile([large('a.yaml', 'a')]);
    clearImmediate(next);
    expect(turns).toBeGreaterThan(2);
  });

  it('stops when it is told to', async () => {
    const reason = new Error('the gate stops');
    const compile = compileAside();
    await expect(compile([large('a.yaml', 'a')], AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    const compiling = compile([large('a.yaml', 'a')], abort.signal);
    abort.abort(reason);
    await expect(compiling).rejects.toBe(reason);
  });
});
