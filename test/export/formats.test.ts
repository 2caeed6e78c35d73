import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatObjection, formats } from '../../src/replay/export/formats.ts';
import { aRecord, aStep, HOSTILE, ORIGIN, records } from './records.ts';

type Name = keyof typeof formats;
const names = Object.keys(formats) as Name[];
const kinds = Object.entries(records);
/** What may end a line, or steer a terminal, somewhere. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|[\ud800-\udfff](?![\udc00-\udfff])/u;

const line = (name: Name, record = aRecord()) => formats[name].line(record, ORIGIN);
const object = (name: Name, record = aRecord()) => JSON.parse(line(name, record));

const schema = JSON.parse(
  readFileSync(new URL('./fixtures/ocsf-api-activity-1.8.0.json', import.meta.url), 'utf8'),
);
const { ipv4, ipv6 } = fullFormats;
const isEvent = new Ajv2020({ strict: false, formats: { ipv4, ipv6 } }).compile(schema);

describe.each(names)('the format %s', (name) => {
  it.each(kinds)('writes a record %s on one line that nothing in it can leave', (_, record) => {
    const text = line(name, record);
    expect(text).not.toMatch(UNSAFE);
    expect(formats[name].body([text, text], ORIGIN).endsWith('\n')).toBe(true);
    expect(formats[name].body([], ORIGIN)).toBe('');
  });

  it('has no half of a character, which many parsers refuse a whole batch for', () => {
    const halves = 'a\ud800 b\udc00 \\ud800 \ud83d\ude00 \u{e0041}';
    const payload = JSON.stringify({ halves, [halves]: 1 });
    const record = aRecord({ record: 'step', exchange: { target: halves }, step: { kind: 'opened', payload } }); // biome-ignore format: one line says it
    const text = line(name, record);
    if (name === 'cef') return;
    expect(text.isWellFormed()).toBe(true);
    const read: unknown[] = [];
    JSON.parse(text, (key, value) => read.push(key, value) && value);
    const texts = read.filter((one) => typeof one === 'string');
    expect(texts.every((one) => one.isWellFormed())).toBe(true);
    expect(texts.some((one) => one.includes(halves.toWellFormed()))).toBe(true);
  });

  it('says the same of the same record, and who it is of', () => {
    for (const [, record] of kinds) {
      expect(line(name, record)).toBe(line(name, record));
      expect(line(name, record)).toContain(record.id);
    }
  });

  it('never has what only the gate has: claims, scopes', () => {
    const { caller } = aRecord();
    if (!caller) throw new Error('it has a caller');
    const told = { ...caller, claims: { ssn: 'secret-claim' }, scopes: ['secret-scope'] };
    expect(line(name, aRecord({ caller: told }))).not.toContain('secret');
  });
});

describe('jsonl', () => {
  it('has all that is known of a step, with its message as a value', () => {
    const step = aStep({ kind: 'opened', seq: 0, detail: { direction: 'up' }, payload: '{"n":1}' });
    const record = aRecord({ record: 'step', step, summary: undefined } as object);
    expect(object('jsonl', record)).toEqual({
      ...{ id: `${step.exchange}/0`, record: 'step', position: 12, gate: 'gate-1', kind: 'opened' },
      ...{ time: '2026-01-31T12:00:00.012Z', exchange: step.exchange, seq: 0, revision: 'r1' },
      ...{ upstream: 'db', method: 'tools/call', target: 'query', session: 's1', sub: 'ana' },
      ...{ issuer: 'https://login.test', client: 'cursor', agent: 'cursor/1.2', ip: '192.0.2.7' },
      ...{ protocol: '2025-11-25', email: 'ana@example.com', groups: ['analysts'] },
      ...{ detail: { direction: 'up' }, payload: { n: 1 } },
    });
  });

  it('has what came of an exchange', () => {
    expect(object('jsonl')).toMatchObject({
      ...{ record: 'exchange', opened: '2026-01-31T12:00:00.000Z', took: 12.5, masked: 2 },
      ...{ outcome: 'answered', effect: 'allow', rule: 'read', reason: 'Everybody reads.' },
    });
  });

  it('keeps numbers that no double holds, and text that is no JSON', () => {
    const whole = records['answered with messages'];
    expect(line('jsonl', whole)).toContain('"n":12345678901234567890');
    expect(object('jsonl', records['a step'])).toMatchObject({ payload: '{"cut":' });
  });
});

describe('ocsf', () => {
  it.each(kinds)('writes a record %s as the schema wants it', (_, record) => {
    const event = object('ocsf', record);
    isEvent(event);
    expect(isEvent.errors ?? []).toEqual([]);
    expect(event.type_uid).toBe(event.class_uid * 100 + event.activity_id);
  });

  it('is checked by a schema that finds what is wrong', () => {
    const event = object('ocsf');
    for (const wrong of [
      { ...event, sauce: 1 },
      { ...event, time: 'now' },
      { ...event, actor: undefined },
      { ...event, src_endpoint: { ip: 'nowhere' } },
      { ...event, disposition_id: 77 },
    ]) {
      expect(isEvent(JSON.parse(JSON.stringify(wrong)))).toBe(false);
    }
  });

  it.each([
    [
      'answered',
      { status_id: 1, action_id: 1, disposition_id: 1, severity_id: 1, is_alert: false },
    ],
    ['answered with messages', { status_id: 1, action_id: 1, disposition_id: 8 }],
    ['blocked', { status_id: 2, action_id: 2, disposition_id: 2, severity_id: 3, is_alert: true }],
    ['failed', { status_id: 2, disposition_id: 27, status_code: 'UPSTREAM_TIMEOUT' }],
    ['held', { status_id: 99, disposition_id: 14, severity_id: 2 }],
    ['denied', { status_id: 2, action_id: 2, disposition_id: 25, is_alert: true }],
    ['broken glass', { severity_id: 4, disposition_id: 8, is_alert: true }],
    ['a message within', { disposition_id: 2, authorizations: [{ decision: 'block' }] }],
  ])('says what became of it: %s', (name, expected) => {
    expect(object('ocsf', records[name])).toMatchObject(expected);
  });

  it('names who, with what, what and by which rule', () => {
    expect(object('ocsf')).toMatchObject({
      actor: {
        user: { uid: 'ana', email_addr: 'ana@example.com', groups: [{ name: 'analysts' }] },
        ...{ app_name: 'cursor/1.2', app_uid: 'cursor', session: { uid: 's1' } },
      },
      api: { operation: 'tools/call', service: { name: 'db' }, version: '2025-11-25' },
      src_endpoint: { ip: '192.0.2.7' },
      resources: [{ name: 'query', type: 'tool', namespace: 'db' }],
      policy: { uid: 'read', version: 'r1' },
      metadata: { version: '1.8.0', sequence: 12, product: { version: '1.2.3' } },
    });
  });

  it('tells what only reads from what may do anything', () => {
    const activity = (method: string) => object('ocsf', aRecord({ exchange: { method } })).activity_id; // biome-ignore format: one line says it
    expect(['resources/read', 'tools/list', 'prompts/get'].map(activity)).toEqual([2, 2, 2]);
    expect(['tools/call', 'sampling/createMessage'].map(activity)).toEqual([99, 99]);
  });
});

describe('cef', () => {
  it('writes head and extension as the standard has them', () => {
    expect(line('cef')).toBe(
      [
        'CEF:0|Sallyport|Sallyport|1.2.3|exchange:allowed',
        'ana: tools/call query at db: answered by read|2',
        'rt=1769860800012 externalId=01a1fd25-0000-7000-8000-000000000001/3 dvchost=gate-1 app=MCP act=allowed outcome=answered reason=Everybody reads. requestMethod=tools/call suid=ana suser=ana@example.com requestClientApplication=cursor/1.2 src=192.0.2.7 cs1=db cs1Label=upstream cs2=query cs2Label=target cs3=read cs3Label=rule cs4=s1 cs4Label=session cn1=2 cn1Label=masked cn2=13 cn2Label=took (ms) start=1769860800000 end=1769860800013',
      ].join('|'),
    );
  });

  it('has severities that alerts can be made of', () => {
    const severity = (name: string) => line('cef', records[name]).split('|')[6];
    expect(['answered', 'held', 'blocked', 'broken glass'].map(severity)).toEqual(['2', '4', '7', '9']); // biome-ignore format: one line says it
  });

  it('writes addresses of both kinds', () => {
    const src = (ip: string) => line('cef', aRecord({ exchange: { ip } }));
    expect(src('::ffff:192.0.2.9')).toContain(' src=192.0.2.9 ');
    expect(src('2001:db8::7')).toContain(' c6a2=2001:db8::7 c6a2Label=Source IPv6 Address ');
  });

  it('is read back as it was meant, whatever texts hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('|', '=', '\\', ' ', '\n', 'a', '"', 'cs1=x', '…'), {
          maxLength: 30,
        }),
        (parts) => {
          const target = parts.join('');
          const { head, extension } = parseCef(line('cef', aRecord({ exchange: { target } })));
          expect(head).toHaveLength(7);
          const shown = target.replaceAll('\n', '\\n');
          expect(extension.cs2 ?? '').toBe(shown);
          expect(extension.cs3).toBe('read');
        },
      ),
    );
  });

  it('cuts what is too long for a field', () => {
    const { extension } = parseCef(
      line('cef', aRecord({ exchange: { target: 'x'.repeat(9_000) } })),
    );
    expect(extension.cs2).toHaveLength(4_001);
  });

  it('counts what nobody sees as it is written, so that it takes no more room', () => {
    const agent = '\u{e0041}'.repeat(500);
    const { extension } = parseCef(line('cef', aRecord({ exchange: { agent } })));
    expect(extension.requestClientApplication).toHaveLength(1_024);
    expect(extension.cs3).toBe('read');
  });
});

/** As a reader of the standard does it: fields of the head end at a bar, values where the next name and `=` begin. */
function parseCef(text: string): { head: string[]; extension: Record<string, string> } {
  const parts = text.split(/(?<=(?:^|[^\\])(?:\\\\)*)\|/);
  const extension = parts.slice(7).join('|');
  const names = [...extension.matchAll(/(?:^| )([A-Za-z0-9]+)=/g)];
  const values = names.map(({ 0: { length }, 1: name = '', index }, at) => {
    const value = extension.slice(index + length, names[at + 1]?.index);
    return [name, value.replace(/\\(.)/g, '$1')];
  });
  return { head: parts.slice(0, 7), extension: Object.fromEntries(values) };
}

describe('otlp', () => {
  const document = (...given: ReturnType<typeof aRecord>[]) => {
    const lines = given.map((record) => formats.otlp.line(record, ORIGIN));
    return JSON.parse(formats.otlp.body(lines, ORIGIN));
  };
  const attributes = (list: { key: string; value: object }[]) =>
    Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));

  it('puts records into one document of one resource and scope', () => {
    const { resourceLogs } = document(aRecord(), aRecord());
    expect(resourceLogs).toHaveLength(1);
    const [{ resource, scopeLogs }] = resourceLogs;
    expect(attributes(resource.attributes)).toEqual({
      ...{ 'service.name': 'sallyport', 'service.version': '1.2.3', 'host.name': 'gate-1' },
    });
    expect(scopeLogs[0].logRecords).toHaveLength(2);
  });

  it('writes times, ids and integers as the encoding wants them', () => {
    const [record] = document(records['answered with messages'] ?? aRecord()).resourceLogs[0].scopeLogs[0].logRecords; // biome-ignore format: one line says it
    expect(record).toMatchObject({
      ...{ timeUnixNano: '1769860800012345000', severityNumber: 9, severityText: 'INFO' },
      ...{ eventName: 'sallyport.exchange', traceId: '0af7651916cd43dd8448eb211c80319c' },
    });
    expect(attributes(record.attributes)).toMatchObject({
      ...{ 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'query', 'user.id': 'ana' },
      ...{ 'sallyport.position': '12', 'sallyport.took': 12.5, 'sallyport.outcome': 'answered' },
    });
  });

  it('has only values of kinds that there are', () => {
    const known = ['stringValue', 'intValue', 'doubleValue', 'boolValue', 'arrayValue'];
    for (const [, record] of kinds) {
      const [made] = document(record).resourceLogs[0].scopeLogs[0].logRecords;
      for (const { value } of made.attributes) {
        expect(Object.keys(value)).toHaveLength(1);
        expect(known).toContain(Object.keys(value)[0]);
        if ('intValue' in value) expect(value.intValue).toMatch(/^-?\d+$/);
      }
    }
  });
});

describe('what formats can have', () => {
  it.each([
    ['ocsf', { records: 'steps' }],
    ['cef', { records: 'steps' }],
    ['cef', { payloads: true }],
  ] as const)('refuses %s with %o', (name, wanted) => {
    expect(formatObjection(name, wanted)).toBeTypeOf('string');
  });

  it.each([
    ['jsonl', { records: 'exchanges', payloads: false }],
    ['otlp', { records: 'steps', payloads: true }],
    ['ocsf', { payloads: true }],
    ['cef', {}],
  ] as const)('lets %s have %o', (name, wanted) => {
    expect(formatObjection(name, wanted)).toBeUndefined();
  });

  it('has hostile texts to try', () => expect(HOSTILE).toMatch(UNSAFE));
});
