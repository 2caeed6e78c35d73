import { describe, expect, it } from 'vitest';
import { detectors } from '../../src/mask/detectors.ts';
import { applyMasks } from '../../src/mask/mask.ts';
import { errorPlace, paramsPlace, resultPlace } from '../../src/mask/place/places.ts';
import type { Json } from '../../src/model/json.ts';
import { everything, path, testContext } from '../support/masks.ts';

const toolResult = resultPlace('tools/call');
const b64 = (text: string) => Buffer.from(text).toString('base64');
const masked = (value: Json, ...masks: Parameters<typeof applyMasks>[1][number][]) =>
  applyMasks(value, masks, { place: toolResult, side: 'result', context: testContext }).value;

function found(name: string, text: string): string[] {
  const spans = detectors.get(name)?.find(text) ?? [];
  return spans.map(({ start, end }) => text.slice(start, end));
}

describe('an address is found', () => {
  it.each([
    ['with decomposed letters', 'jose\u0301@example.com'],
    ['with a decomposed domain', 'ana@mu\u0308ller.de'],
    ['with a decomposed top domain', 'ana@example.co\u0301'],
    ['with an invisible character before the at', 'ana\u200b@example.com'],
    ['with an invisible character after the at', 'ana@\u200bexample.com'],
    ['with a soft hyphen inside', 'ana@exam\u00adple.com'],
    ['with an invisible character beside a dot', 'ana@example\u200b.\u2060com'],
    ['behind hundreds of invisible characters', `ana${'\u200b'.repeat(500)}@example.com`],
  ])('%s', (_, address) => {
    expect(found('email', `to ${address} now`)).toEqual([address]);
  });

  it('without a mark of byte order or an emoji in front of it', () => {
    expect(found('email', '\ufeffana@example.com')).toEqual(['ana@example.com']);
    expect(found('email', '\u2764\ufe0f@example.com')).toEqual([]);
  });
});

describe('a card number is found', () => {
  it.each([
    ['parted by no-break spaces', '4111\u00a01111\u00a01111\u00a01111'],
    ['parted by narrow no-break spaces', '4111\u202f1111\u202f1111\u202f1111'],
    ['parted by hyphens that do not break', '4111\u20111111\u20111111\u20111111'],
    ['with invisible characters inside', '4111\u200b1111\u2060\u00ad11111111'],
    ['with invisible characters around blanks', '4111\u200b \u200b1111 1111\u200d 1111'],
  ])('%s', (_, number) => {
    expect(found('payment-card', `a ${number} b`)).toEqual([number]);
  });
});

describe('JSON escapes hide nothing', () => {
  it.each([
    ['in prose', 'write to ana\\u0040example.com', 'write to [redacted:email]'],
    [
      'in lines of JSON',
      '{"a":"ana\\u0040b.co"}\n{"a":"\\u0022"}',
      '{"a":"[redacted:email]"}\n{"a":"\\u0022"}',
    ],
    ['escaped again', 'ana\\\\\\\\u0040example.com', '[redacted:email]'],
    ['before the address', '"jos\\u00e9@example.com', '"[redacted:email]'],
    ['in prose inside JSON', '{"a":"x ana\\\\u0040b.co"}', '{"a":"x [redacted:email]"}'],
    ['of digits', 'pay \\u0034111111111111111', 'pay [redacted:payment-card]'],
    ['behind a byte order mark', '\ufeff{"a":"ana\\u0040b.co"}', '{"a":"[redacted:email]"}'],
    ['of no address', 'C:\\u0041 \\u00e9', 'C:\\u0041 \\u00e9'],
  ])('%s', (_, text, expected) => {
    expect(masked({ content: [{ type: 'text', text }] }, everything)).toEqual({
      content: [{ type: 'text', text: expected }],
    });
  });

  it('in JSON nested deeper than it is opened', () => {
    let text = '{"a":"ana\\u0040example.com"}';
    for (let i = 0; i < 8; i++) text = JSON.stringify([text]);
    expect(masked(text, everything)).not.toContain('example');
  });

  it('in the first of two members of one name', () => {
    const text = '{"to":"{\\"x\\":\\"ana\\\\u0040example.com\\"}","to":1}';
    expect(masked(text, everything)).toBe('{"to":1}');
  });
});

describe('what should be base64', () => {
  it.each([
    ['an address', 'ana@example.com', '[redacted:email]'],
    ['a card number', '4111111111111111', '[redacted:payment-card]'],
    ['words', 'card 4111111111111111 of mine'.padEnd(90, ' x'), expect.stringContaining('card [')],
    ['base64 with blanks', b64('to ana@example.com').replace(/.{4}/g, '$& '), expect.anything()],
  ])('is masked where it is %s', (_, data, expected) => {
    const value = { content: [{ type: 'image', mimeType: 'image/png', data }] };
    const after = masked(value, everything);
    expect(after).toEqual({ content: [{ type: 'image', mimeType: 'image/png', data: expected }] });
    expect(after).not.toEqual(value);
  });

  it('is left as it is where it is bytes, in lines too', () => {
    const bytes = Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 91) % 256));
    const data = bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
    const value = { content: [{ type: 'audio', mimeType: 'audio/wav', data }] };
    expect(masked(value, everything)).toBe(value);
  });
});

describe('words of the protocol', () => {
  const results = (method: string, value: Json) =>
    applyMasks(value, [everything], {
      place: resultPlace(method),
      side: 'result',
      context: testContext,
    }).value;

  it.each<[string, Json]>([
    ['tools/call', { isError: 'ana@example.com' }],
    ['tools/call', { content: [{ type: 'ana@example.com', mimeType: 'ana@example.com' }] }],
    ['tools/call', { resultType: 'ana@example.com' }],
    ['tools/list', { tools: [{ name: { a: 'ana@example.com' } }] }],
    ['tools/list', { tools: [{ name: 'a', annotations: { note: 'ana@example.com' } }] }],
    ['tools/list', { tools: [], ttlMs: 'ana@example.com', nextCursor: ['ana@example.com'] }],
    ['initialize', { serverInfo: { title: 'ana@example.com' }, protocolVersion: 'a@b.co' }],
    ['initialize', { capabilities: { experimental: { a: 'ana@example.com' } } }],
    ['sampling/createMessage', { model: 'ana@example.com', role: 'ana@example.com' }],
  ])('hide nothing in the result of %s: %j', (method, value) => {
    expect(JSON.stringify(results(method, value))).not.toMatch(/@/);
  });

  it('stay where the same word is masked elsewhere', () => {
    const value = {
      structuredContent: { a: 'text', b: 'image/png' },
      content: [{ type: 'text', text: 'a text' }, { mimeType: 'image/png' }],
    };
    expect(masked(value, path('structuredContent.*'))).toEqual({
      structuredContent: { a: '[redacted]', b: '[redacted]' },
      content: [{ type: 'text', text: 'a [redacted]' }, { mimeType: 'image/png' }],
    });
  });

  it('that a caller gives back stay as they came', () => {
    const value = {
      resources: [{ uri: 'ssh://git@example.com/x', name: 'a@b.co', icons: [{ src: 'x@2x.png' }] }],
      nextCursor: 'a@b.co',
    };
    expect(results('resources/list', value)).toBe(value);
  });
});

describe('a schema', () => {
  const tools = (inputSchema: Json) => ({ tools: [{ name: 'a', inputSchema }] });
  const results = (inputSchema: Json) =>
    applyMasks(tools(inputSchema), [everything], {
      place: resultPlace('tools/list'),
      side: 'result',
      context: testContext,
    }).value;
  const note = { type: 'string', description: 'as ana@example.com' };
  const hidden = { type: 'string', description: 'as [redacted:email]' };

  it.each<[string, (leaf: Json) => Json]>([
    ['properties', (leaf) => ({ type: 'object', properties: { 'a@b.co': leaf } })],
    ['items', (leaf) => ({ items: { properties: { x: leaf } } })],
    ['a list of items', (leaf) => ({ items: [leaf], prefixItems: [leaf] })],
    ['$defs', (leaf) => ({ $defs: { x: { $defs: { y: leaf } } }, definitions: { z: leaf } })],
    ['alternatives', (leaf) => ({ anyOf: [leaf], oneOf: [{ allOf: [leaf] }], not: leaf })],
    ['conditions', (leaf) => ({ if: leaf, then: leaf, else: leaf })],
    ['additional properties', (leaf) => ({ additionalProperties: leaf })],
    ['unknown keywords', (leaf) => ({ 'x-note': leaf })],
  ])('tells nothing in %s', (_, write) => {
    expect(results(write(note))).toEqual(tools(write(hidden)));
  });

  it('keeps what it demands', () => {
    const demands: Json = {
      type: 'object',
      required: ['a@b.co'],
      properties: {
        'a@b.co': { enum: ['a@b.co', 4111111111111111] },
        b: { const: 'a@b.co', pattern: '^[^@]+@example.com$', maximum: 4111111111111111 },
      },
    };
    expect(results(demands)).toEqual(tools(demands));
  });
});

describe('on the way up', () => {
  it.each(['resources/read', 'resources/subscribe', 'resources/unsubscribe'])(
    'all of %s but its target is data',
    (method) => {
      const value = {
        uri: 'x://a@b.co',
        _meta: { progressToken: 'a@b.co', note: 'ana@example.com' },
        extra: 'ana@example.com',
      };
      expect(
        applyMasks(value, [everything], {
          place: paramsPlace(method),
          side: 'args',
          context: testContext,
        }).value,
      ).toEqual({
        uri: 'x://a@b.co',
        _meta: { progressToken: 'a@b.co', note: '[redacted:email]' },
        extra: '[redacted:email]',
      });
    },
  );

  it('all of a completion but its target is data', () => {
    const value = { ref: { type: 'ref/prompt', name: 'a@b.co', title: 'ana@example.com' } };
    const place = paramsPlace('completion/complete');
    expect(
      applyMasks(value, [everything], { place, side: 'args', context: testContext }).value,
    ).toEqual({
      ref: { type: 'ref/prompt', name: 'a@b.co', title: '[redacted:email]' },
    });
  });

  it('the numbers of a progress are data where they are none', () => {
    const value = { progressToken: 'a@b.co', progress: 'ana@example.com', total: 2 };
    const place = paramsPlace('notifications/progress');
    expect(
      applyMasks(value, [everything], { place, side: 'result', context: testContext }).value,
    ).toEqual({
      progressToken: 'a@b.co',
      progress: '[redacted:email]',
      total: 2,
    });
  });

  it('the code of an error stays', () => {
    const value = { code: -32000, message: 'm' };
    expect(
      applyMasks(value, [everything], { place: errorPlace, side: 'result', context: testContext })
        .value,
    ).toBe(value);
  });
});

describe('at a path', () => {
  const text = (value: string) => ({ content: [{ type: 'text', text: value }] });

  it.each([
    ['{"salary":91234,"salary":null}', '{"salary":null}'],
    ['{ "salary": {"n": 91234}, "salary": null }', '{"salary":null}'],
    ['[{"a":1,"\\u0061":null}]', '[{"a":null}]'],
    ['\ufeff{"salary":91234}', '{"salary":"[redacted]"}'],
  ])('%s shows no member twice', (json, expected) => {
    expect(masked(text(json), path('content[*].text.salary'))).toEqual(text(expected));
  });

  it('JSON that has nothing there stays as it was written', () => {
    const value = text('{ "a": "\\":{", "b": [1, {"c": 2}], "d": "x\\\\" }');
    expect(masked(value, path('content[*].text.salary'))).toBe(value);
  });

  it('what was masked is found in escaped prose', () => {
    const value = { structuredContent: { n: 'Jos\u00e9 Ro' }, ...text('for Jos\\u00e9 Ro') };
    expect(masked(value, path('structuredContent.n'))).toEqual({
      structuredContent: { n: '[redacted]' },
      ...text('for [redacted]'),
    });
  });
});
