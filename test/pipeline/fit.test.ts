import { describe, expect, it } from 'vitest';
import { MaskPool } from '../../src/aside/mask-pool.ts';
import { type JsonObject, parseJson } from '../../src/model/json.ts';
import { MemoryTokens } from '../../src/store/memory/tokens.ts';
import { answer, leaving, request, TestGate } from '../support/gate.ts';
import type { RuleText } from '../support/policies.ts';

const rules: RuleText[] = [
  { id: 'all', on: { tools: ['*'], methods: ['tools/list'] }, then: 'allow' },
  { id: 'mails', mask: [{ find: ['email'] }] },
  { id: 'pay', mask: [{ path: 'structuredContent.rows[*].salary' }] },
];
const row = {
  type: 'object',
  properties: {
    mail: { type: 'string', format: 'email' },
    salary: { type: 'number', minimum: 1 },
  },
};
const schemaOf = (required: string[]): JsonObject => ({
  type: 'object',
  properties: { rows: { type: 'array', items: { ...row, required } } },
  required: ['rows'],
});
const listed = (outputSchema: JsonObject) =>
  answer({ tools: [{ name: 'people', inputSchema: { type: 'object' }, outputSchema }] });
const people = { rows: [{ mail: 'ana@example.com', salary: 4200 }] };
const called = request('tools/call', { name: 'people', arguments: {} });

/** What leaves of a result, after the tool was listed with this schema. */
async function passed(
  outputSchema: JsonObject | undefined,
  result: JsonObject,
  options: { aside?: MaskPool } = {},
) {
  const gate = new TestGate(rules, options);
  if (outputSchema) await gate.pass(request('tools/list'), listed(outputSchema));
  const [, verdict] = await gate.pass(called, answer(result));
  const { result: left } = leaving(verdict) as { result: JsonObject };
  return { gate, left };
}

describe('a masked result', () => {
  it('fits what the tool has promised of it', async () => {
    const { gate, left } = await passed(schemaOf([]), { content: [], structuredContent: people });
    expect(left.structuredContent).toEqual({ rows: [{ mail: 'redacted@redacted.invalid' }] });
    const notes = gate.store.events('exchange-2').filter(({ kind }) => kind === 'masked');
    expect(notes.at(-1)?.detail).toEqual({
      what: 'outputSchema',
      count: 2,
      places: ['structuredContent.rows[0].mail', 'structuredContent.rows[0].salary'],
    });
    expect(gate.transcript()).not.toContain('4200');
  });

  it('has a number where one must be', async () => {
    const { left } = await passed(schemaOf(['salary']), { content: [], structuredContent: people });
    expect(left.structuredContent).toEqual({
      rows: [{ mail: 'redacted@redacted.invalid', salary: 1 }],
    });
  });

  it('stays as masks left it where the tool has promised nothing, or did not keep it', async () => {
    const masked = { rows: [{ mail: '[redacted:email]', salary: '[redacted]' }] };
    const result = { content: [], structuredContent: people };
    expect((await passed(undefined, result)).left.structuredContent).toEqual(masked);
    const broken = { content: [], structuredContent: { ...people, rows: [...people.rows, 'x'] } };
    const { left } = await passed(schemaOf([]), broken);
    expect(left.structuredContent).toEqual({ rows: [...masked.rows, 'x'] });
    const failed = { ...result, isError: true };
    expect((await passed(schemaOf([]), failed)).left.structuredContent).toEqual(masked);
  });

  it('is refused where nothing would fit', async () => {
    const fixed = {
      type: 'object',
      properties: { rows: { const: people.rows } },
      required: ['rows'],
    };
    const { gate, left } = await passed(fixed, { content: [], structuredContent: people });
    expect(left).toMatchObject({ isError: true });
    expect(JSON.stringify(left)).toContain('outputSchema');
    expect(JSON.stringify(left)).not.toContain('ana@');
    expect(gate.kinds('exchange-2')).toContain('blocked');
  });

  const wide = schemaOf(['mail', 'salary']);
  // A number that no double holds, as schemas of unsigned integers have it.
  const most = parseJson('18446744073709551615');
  const heavy = { ...wide, description: 'x'.repeat(10_000), maxProperties: most };
  const rows = Array.from({ length: 6_000 }, (_, n) => ({
    mail: `ana${n}@example.com`,
    salary: n + 1,
    note: 'quite a long note, so that the whole of it is large',
  }));

  it('fits though numbers in it are such as no double holds', async () => {
    const id = parseJson('1234567890123456789');
    const structuredContent = { rows: [{ mail: 'ana@example.com', id }] };
    const { left } = await passed(schemaOf([]), { content: [], structuredContent });
    expect(JSON.stringify(left.structuredContent)).toBe(
      '{"rows":[{"mail":"redacted@redacted.invalid","id":1234567890123456789}]}',
    );
  });

  it.each([
    ['is large', wide, { rows }],
    ['has a large schema', heavy, people],
  ])('is made to fit by another thread where it %s', async (_, schema, structuredContent) => {
    const log = { info() {}, warn() {}, error() {}, debug() {} };
    const script = new URL('../aside/moody-worker.ts', import.meta.url);
    const pool = new MaskPool({ log, script, threads: 1 });
    const result = { content: [], structuredContent };
    const aside = await passed(schema, result, { aside: pool });
    const here = await passed(
      { ...schema, description: 'x' },
      { content: [], structuredContent: people },
    );
    await pool.close();
    const { rows: left } = aside.left.structuredContent as { rows: JsonObject[] };
    expect(left[0]).toMatchObject({ mail: 'redacted@redacted.invalid', salary: 1 });
    expect(aside.gate.gate.maskCounts.messages().aside).toBe(1);
    const noted = (gate: TestGate) =>
      gate.store.events('exchange-2').filter(({ kind }) => kind === 'masked');
    expect(noted(aside.gate).at(-1)?.detail?.count).toBe(2 * structuredContent.rows.length);
    expect(Object.keys(noted(aside.gate).at(-1)?.detail ?? {})).toEqual(
      expect.arrayContaining(Object.keys(noted(here.gate).at(-1)?.detail ?? {})),
    );
    expect(aside.gate.transcript()).not.toContain('ana0@example');
    expect(aside.gate.transcript()).not.toContain('ana@example');
  });

  it('is refused by another thread where nothing would fit', async () => {
    const log = { info() {}, warn() {}, error() {}, debug() {} };
    const script = new URL('../aside/moody-worker.ts', import.meta.url);
    const pool = new MaskPool({ log, script, threads: 1 });
    const fixed = { ...heavy, properties: { rows: { const: people.rows } } };
    const result = { content: [], structuredContent: people };
    const { left } = await passed(fixed, result, { aside: pool });
    await pool.close();
    expect(left).toMatchObject({ isError: true });
    expect(JSON.stringify(left)).not.toContain('ana@');
  });

  it('stays as masks left it where it would take too long to tell, and that is noted', async () => {
    const part = { type: 'object', properties: { a: { $ref: '#/$defs/n' } } };
    const doubling = { anyOf: [{ $ref: '#/$defs/n' }, {}], $defs: { n: { anyOf: [part, part] } } };
    let deep: JsonObject = { a: 'ana@example.com' };
    for (let n = 0; n < 60; n++) deep = { a: deep };
    const { gate, left } = await passed(doubling, { content: [], structuredContent: deep });
    expect(JSON.stringify(left)).toContain('[redacted:email]');
    const notes = gate.store.events('exchange-2').filter(({ kind }) => kind === 'masked');
    expect(notes.at(-1)?.detail).toEqual({ what: 'outputSchema (too much to look at)', count: 0 });
  });
});

describe('a token where a tool has promised an address', () => {
  it('is written as one, and stands for the same value when it comes back', async () => {
    const tokens = new MemoryTokens({ clock: () => 1_000, max: 10, maxOfOwner: 10 });
    const gate = new TestGate(
      [
        { id: 'all', on: { tools: ['people'], methods: ['tools/list'] }, then: 'allow' },
        { id: 'hide', mask: [{ find: ['email'], with: 'token' }] },
        { id: 'send', on: { tools: ['send'] }, then: 'allow', reveal: ['email'] },
      ],
      { tokens },
    );
    await gate.pass(request('tools/list'), listed(schemaOf(['mail'])));
    const [, verdict] = await gate.pass(called, answer({ content: [], structuredContent: people }));
    const { result } = leaving(verdict) as { result: { structuredContent: typeof people } };
    const [person] = result.structuredContent.rows;
    expect(person?.mail).toMatch(/^email\.[0-9a-z]{16}@token\.invalid$/);
    const sent = request('tools/call', {
      name: 'send',
      arguments: { to: person?.mail ?? '', text: `for ${person?.mail}` },
    });
    const [up] = await gate.pass(sent);
    expect(leaving(up)).toMatchObject({
      params: { arguments: { to: 'ana@example.com', text: 'for ana@example.com' } },
    });
    expect(gate.transcript()).not.toContain('ana@example.com');
  });
});
