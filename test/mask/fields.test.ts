import { describe, expect, it } from 'vitest';
import { applyMasks } from '../../src/mask/mask.ts';
import { paramsPlace, resultPlace } from '../../src/mask/place/places.ts';
import type { Json } from '../../src/model/json.ts';
import { fields, find, keep, path, testContext } from '../support/masks.ts';

const masks = [fields(['ssn', '*password*', 'account number', 'sal?ry'])];
const result = { place: resultPlace('tools/call'), side: 'result', context: testContext } as const;
const structured = (structuredContent: Json) =>
  (applyMasks({ structuredContent }, masks, result).value as { structuredContent: Json })
    .structuredContent;
const prose = (text: string) =>
  applyMasks(text, masks, { place: 'text', side: 'result', context: testContext }).value;

describe('fields', () => {
  it.each<[Json, Json]>([
    [{ ssn: '1' }, { ssn: '[redacted:ssn]' }],
    [
      { SSN: 1, name: 'Ann' },
      { SSN: '[redacted:ssn]', name: 'Ann' },
    ],
    [
      { 'Account-Number': 12, accountNumber: [1] },
      { 'Account-Number': '[redacted:account-number]', accountNumber: '[redacted:accountnumber]' },
    ],
    [{ user_passwords: { a: 'x' } }, { user_passwords: '[redacted:user-passwords]' }],
    [
      { a: [{ salary: null }, { salary: 7 }] },
      { a: [{ salary: null }, { salary: '[redacted:salary]' }] },
    ],
    [{ a: '{"salary":7,"b":1}' }, { a: '{"salary":"[redacted:salary]","b":1}' }],
    [{ a: '{"salary":7,"salary":null}' }, { a: '{"salary":null}' }],
    [
      { lessn: 1, assn: 2 },
      { lessn: 1, assn: 2 },
    ],
  ])('of %j are masked', (value, expected) => {
    expect(structured(value)).toEqual(expected);
  });

  it.each([
    ['SSN: 123', 'SSN: [redacted:ssn]'],
    [
      '- **Account Number**: 12 34 56\nrest',
      '- **Account Number**: [redacted:account-number]\nrest',
    ],
    [
      'his account number: 12, name: Bob',
      'his account number: [redacted:account-number], name: Bob',
    ],
    ['https://x.org/?id=1&ssn=123&b=2', 'https://x.org/?id=1&ssn=[redacted:ssn]&b=2'],
    ['got {"ssn": "12\\"3", "b": 1} today', 'got {"ssn": "[redacted:ssn]", "b": 1} today'],
    ['got {"ssn": {"a": [1, "}"]}, "b": 1}', 'got {"ssn": [redacted:ssn], "b": 1}'],
    ["user.ssn = '12 3'; x = 1", "user.ssn = '[redacted:ssn]'; x = 1"],
    ['DB_PASSWORD=hunter2 --user joe', 'DB_PASSWORD=[redacted:db-password] --user joe'],
    ['password: correct horse battery, staple', 'password: [redacted:password]'],
    ['ssn%3D123%26b', 'ssn%3D[redacted:ssn]%26b'],
    ['the ssn is 123: see', 'the ssn is 123: see'],
    ['ssn:', 'ssn:'],
  ])('in the text %j are masked', (text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  it('leave the names of the protocol and of schemas', () => {
    const all = [fields(['*'])];
    const call = {
      content: [{ type: 'text', text: 'a' }],
      structuredContent: { a: 1 },
      isError: false,
    };
    expect(applyMasks(call, all, result).value).toEqual({
      ...call,
      structuredContent: { a: '[redacted:a]' },
    });
    const tools = {
      tools: [
        {
          name: 'a',
          description: 'b',
          inputSchema: {
            type: 'object',
            properties: { ssn: { type: 'string' } },
            required: ['ssn'],
          },
        },
      ],
      nextCursor: 'c',
    };
    const list = { ...result, place: resultPlace('tools/list') };
    expect(applyMasks(tools, all, list).value).toBe(tools);
    const params = { name: 'n', arguments: { ssn: '1' }, _meta: { progressToken: 1, ssn: '2' } };
    const up = { place: paramsPlace('tools/call'), side: 'args', context: testContext } as const;
    expect(applyMasks(params, all, up).value).toEqual({
      name: 'n',
      arguments: { ssn: '[redacted:ssn]' },
      _meta: { progressToken: 1, ssn: '[redacted:ssn]' },
    });
  });
});

describe('what was masked in structured content', () => {
  const value = (salary: Json) => ({
    structuredContent: { rows: [{ name: 'Ann', salary }] },
    content: [{ type: 'text', text: `Ann earns ${salary}, or %34200; room 7` }],
  });
  it.each([
    [{ masker: 'redact' }, '[redacted:salary]'],
    [{ masker: 'remove' }, ''],
    [{ masker: 'null' }, '[redacted:salary]'],
    [{ masker: 'round', to: 1000 }, '4000'],
    [{ masker: 'replace', value: 0 }, '0'],
    [keep(0, 2), '**00'],
  ] as const)('by its field with %j is masked where it is told again', (spec, shown) => {
    const { value: after } = applyMasks(value(4200), [fields(['salary'], spec)], result);
    expect(after).toMatchObject({
      content: [{ text: `Ann earns ${shown}, or ${shown}; room 7` }],
    });
  });

  it('has the same token wherever it is told', () => {
    const token = { masker: 'token', scope: '', expires: 1 } as const;
    const { value: after, tokens } = applyMasks(value(4200), [fields(['salary'], token)], result);
    expect(tokens).toHaveLength(1);
    expect(JSON.stringify(after).split(tokens[0]?.token ?? '')).toHaveLength(4);
  });
});

describe('what the protocol needs', () => {
  const everywhere = path('**', { masker: 'null' });
  it('stays where a path means everything, and texts stay texts', () => {
    const call = {
      content: [
        { type: 'text', text: 'a', annotations: { audience: ['user'], priority: 0.5 } },
        { type: 'image', mimeType: 'image/png', data: 'iVBORw0K' },
        { type: 'resource', resource: { uri: 'x://y', mimeType: 'text/plain', text: 'b' } },
      ],
      structuredContent: { a: 1, b: [true] },
      isError: false,
      resultType: 'complete',
    };
    expect(applyMasks(call, [everywhere], result).value).toEqual({
      content: [
        { type: 'text', text: '[redacted]', annotations: { audience: ['user'], priority: 0.5 } },
        {
          type: 'image',
          mimeType: 'image/png',
          data: Buffer.from('[redacted]').toString('base64'),
        },
        {
          type: 'resource',
          resource: { uri: '[redacted]', mimeType: 'text/plain', text: '[redacted]' },
        },
      ],
      structuredContent: { a: null, b: [null] },
      isError: false,
      resultType: 'complete',
    });
  });

  it('keeps its shape where a path ends at it', () => {
    const call = { content: [{ type: 'text', text: 'a' }], structuredContent: { a: { b: 1 } } };
    const masked = (at: string, masker: 'redact' | 'remove') =>
      applyMasks(call, [path(at, { masker })], result).value;
    expect(masked('content', 'redact')).toEqual({
      ...call,
      content: [{ type: 'text', text: '[redacted]' }],
    });
    expect(masked('content[0]', 'remove')).toEqual({ ...call, content: [] });
    expect(masked('structuredContent', 'redact')).toMatchObject({
      structuredContent: { a: '[redacted]' },
    });
  });

  it('is masked where a path names it', () => {
    const list = { tools: [{ name: 'a' }], nextCursor: 'c' };
    const how = { ...result, place: resultPlace('tools/list') };
    expect(applyMasks(list, [path('nextCursor', { masker: 'remove' })], how).value).toEqual({
      tools: [{ name: 'a' }],
    });
  });

  it('of a picture is its address, and not what a data: URI holds', () => {
    const icons = (...sources: string[]) => ({
      tools: [{ name: 'a', icons: sources.map((src) => ({ src })) }],
    });
    const svg = (text: string) =>
      `data:image/svg+xml;base64,${Buffer.from(`<svg>${text}</svg>`).toString('base64')}`;
    const how = { ...result, place: resultPlace('tools/list') };
    const given = icons(
      'https://x.org/a@2x.png',
      svg('joe@example.com'),
      'data:,joe%40example.com',
    );
    expect(applyMasks(given, [find(['email'])], how).value).toEqual(
      icons('https://x.org/a@2x.png', svg('[redacted:email]'), 'data:,[redacted:email]'),
    );
  });

  it('of a question keeps its form, and its names and choices are data', () => {
    const requestedSchema = (who: string) => ({
      type: 'object',
      properties: {
        [who]: { type: 'string', enum: [who, 'b'], title: who },
        n: { type: 'number' },
      },
      required: [who],
    });
    const how = { ...result, place: paramsPlace('elicitation/create') };
    const ask = (who: string) => ({
      mode: 'form',
      message: `is it ${who}?`,
      requestedSchema: requestedSchema(who),
    });
    expect(applyMasks(ask('joe@example.com'), [find(['email'])], how).value).toEqual(
      ask('[redacted:email]'),
    );
  });
});
