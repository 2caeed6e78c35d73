import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { toolDefinition } from '../../../src/policy/pin/tool-definition.ts';
import { flagsOf, toolFindings } from '../../../src/policy/pin/tool-flags.ts';
import { harmless, poisoned } from './poisoned.ts';
import referenceTools from './reference-tools.json' with { type: 'json' };

const look = (tool: JsonObject) => toolFindings(toolDefinition(tool)?.definition ?? {});

describe('flags of tools', () => {
  it.each(poisoned)('notice what is wrong with a tool: $from', ({ tool, flags }) => {
    expect(flagsOf(look(tool) ?? [])).toEqual(flags);
  });

  it.each(harmless)('have nothing to say of %j', (description) => {
    expect(look({ name: 'tool', description, title: description })).toEqual([]);
  });

  it.each(Object.entries(referenceTools))('have nothing to say of the tools of %s', (_, tools) => {
    expect(tools.length).toBeGreaterThan(8);
    for (const tool of tools) expect(look(tool as JsonObject)).toEqual([]);
  });

  it('notice marks of direction that spell something', () => {
    const description = `\u05d0 ${'\u200e\u200f\u200e\u200e'.repeat(8)}`;
    expect(flagsOf(look({ name: 'a', description }) ?? [])).toEqual(['hidden-characters']);
  });

  it('name the place', () => {
    const properties = { 'to the': { description: 'x\u200by' } };
    const [found] = look({ name: 'a', inputSchema: { properties } }) ?? [];
    expect(found).toMatchObject({
      flag: 'hidden-characters',
      at: 'inputSchema.properties["to the"].description',
      why: 'has the hidden character \\u{200b}',
    });
  });

  it.each([
    ['direction marks that belong there', `${'\u200ea'.repeat(30_000)}\u05d0`],
    ['blanks', `a${' \n'.repeat(30_000)}b`],
    ['words that begin like an attack', 'read '.repeat(13_000)],
  ])('are found out in linear time: %s', (_, description) => {
    expect(look({ name: 'a', description })).toBeDefined();
  });

  it('look at names of members', () => {
    expect(look({ name: 'a', inputSchema: { properties: { 'pа\u0443': {} } } })).toHaveLength(1);
  });

  it('look at members that MCP does not name, and at their names', () => {
    const tool = { name: 'a', hint: { text: 'x\u200by' }, 'x\u200bz': 1 };
    expect(look(tool)?.map(({ at }) => at)).toEqual(['hint.text', '["x\u200bz"]']);
  });

  it('look at nothing that is not pinned', () => {
    expect(look({ name: 'a', _meta: { note: '<system>' }, icons: [{ src: '\u200b' }] })).toEqual(
      [],
    );
  });

  it('say that what is too long to look at can not be judged', () => {
    expect(look({ name: 'a', description: 'word '.repeat(20_000) })).toBeUndefined();
    const enums = Array.from({ length: 40_000 }, (_, i) => `${i}`);
    expect(look({ name: 'a', inputSchema: { enum: enums } })).toBeUndefined();
  });

  it('are labelled by a list that has cases of both kinds', () => {
    expect(poisoned.length).toBeGreaterThan(30);
    expect(readdirSync(import.meta.dirname)).toContain('reference-tools.json');
  });
});
