import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Log } from '../../src/model/seams.ts';
import { SchemaWarnings } from '../../src/pipeline/schema-warnings.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { toolDefinition } from '../../src/policy/pin/tool-definition.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function made(rules: readonly string[]) {
  const text = `apiVersion: sallyport/v1\nupstreams: [own]\nrules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`; // biome-ignore format: one line says it
  const { policies } = compilePolicies([{ file: 'p.yaml', text }]);
  if (!policies) throw new Error('the policies have errors');
  const told: string[] = [];
  const note = (_: object, message: string) => void told.push(message);
  const log: Log = { info: note, warn: note, error: note, debug: note };
  const warnings = new SchemaWarnings({
    ...{ upstreams: ['own'], mode: () => 'off' as const, locked: () => new Map(), log },
    snapshot: () => ({ policies, revision: 'r1' }),
  });
  stops.push(() => warnings.stop());
  return { warnings, told };
}
const tools = (...all: JsonObject[]) => all.flatMap((one) => toolDefinition(one) ?? []);
const many = (count: number) =>
  tools(...Array.from({ length: count }, (_, n) => ({ name: `t${n}`, inputSchema: {} })));
const lacks = (name: string) => `{ id: ${name}, on: { tools: [${name}] }, then: block }`;
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000 });

describe('comparing rules with listed tools', () => {
  it('leaves out upstreams that list too much, until they list less', async () => {
    const { warnings, told } = made([lacks('a')]);
    warnings.listed('own', many(2_001));
    const long = { enum: ['x'.repeat(1_100_000)] };
    await new Promise((resolve) => setTimeout(resolve, 50));
    warnings.listed('own', tools({ name: 'b', inputSchema: { properties: { x: long } } }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).toEqual([]);
    warnings.listed('own', tools({ name: 'b' }));
    await eventually(() => expect(told).toHaveLength(1));
  });

  it('logs so many warnings of one revision and no more', async () => {
    const { warnings, told } = made(Array.from({ length: 300 }, (_, n) => lacks(`x${n}`)));
    warnings.listed('own', many(1));
    await eventually(() => expect(told).toHaveLength(200));
  });

  it('shows what upstreams call their tools in short and without hidden characters', async () => {
    const rule = '{ id: a, on: { tools: ["*"] }, when: { args.x: { eq: 1 } }, then: allow }';
    const { warnings, told } = made([rule]);
    const inputSchema = { type: 'object', properties: {}, additionalProperties: false };
    const name = `\u202e${'n'.repeat(5_000)}`;
    warnings.listed('own', tools({ name, inputSchema }));
    await eventually(() => expect(told).toHaveLength(1));
    expect(told[0]).toContain('\\u{202e}nnn');
    expect(told[0]?.length).toBeLessThan(1_000);
  });

  it('does not log the same again for words that an upstream changes', async () => {
    const rule = '{ id: a, on: { tools: ["*"] }, when: { args.x: { eq: 1 } }, then: allow }';
    const { warnings, told } = made([rule, lacks('gone')]);
    const inputSchema = { type: 'object', properties: {}, additionalProperties: false };
    warnings.listed('own', tools({ name: 'one', inputSchema }, { name: 'gone', inputSchema }));
    await eventually(() => expect(told).toHaveLength(1));
    warnings.listed('own', tools({ name: 'two', inputSchema }));
    await eventually(() => expect(told).toHaveLength(2));
    expect(told[1]).toContain('own has no tool "gone"');
  });

  it('stops', async () => {
    const { warnings, told } = made([lacks('a')]);
    warnings.listed('own', many(1));
    warnings.stop();
    warnings.changed();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).toEqual([]);
  });
});
