import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listing } from '../../src/cli/mask/listing.ts';
import { mask } from '../../src/cli/mask.ts';
import { PresidioServer } from '../support/presidio-server.ts';
import { Folder, run, runOn } from './terminal.ts';

let folder: Folder;
beforeEach(() => {
  folder = new Folder().write({ 'p.yaml': POLICY });
});
afterEach(() => folder.remove());

const CARD = '4111 1111 1111 1111';
const POLICY = `apiVersion: sallyport/v1
rules:
  - id: read
    on: { tools: get_person }
    when: { identity.groups: { contains: analysts } }
    then: allow
    mask:
      - { find: email }
      - { path: "structuredContent.rows[*].salary" }
      - { find: payment-card, in: args }
  - id: pay
    on: { tools: pay }
    then: allow
    mask: { find: payment-card, with: { keep: { last: 4 } } }
  - id: later
    on: { tools: pay }
    mode: shadow
    mask: { find: email }
`;
const result = {
  content: [{ type: 'text', text: 'mail ana@example.com' }],
  structuredContent: { rows: [{ salary: 4200 }, { salary: 5100, mail: 'bob@example.com' }] },
};
const request = (name: string, args: object) => ({
  ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
  params: { name, arguments: args },
});

const masked = (input: unknown, ...args: string[]) =>
  runOn([typeof input === 'string' ? input : JSON.stringify(input)], mask, folder.path, ...args);
const call = ['--policy', 'p.yaml', '--upstream', 'db', '--as', 'sub=ana,groups=analysts'];

describe('sallyport mask', () => {
  it('applies all masks of a policy to a tool result, and says so', async () => {
    const { code, out, err } = await masked(result, '--policy', 'p.yaml');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      content: [{ type: 'text', text: 'mail [redacted:email]' }],
      structuredContent: {
        rows: [{ salary: '[redacted]' }, { salary: '[redacted]', mail: '[redacted:email]' }],
      },
    });
    expect(err).toContain('all masks of 3 rules (1 in shadow mode, which a gate does not apply)');
    expect(err).toMatch(
      /^email, redact, 2 times, by read: structuredContent.rows.1..mail, content.0..text$/m,
    );
    expect(err).toMatch(/^structuredContent\.rows\[\*\]\.salary, redact, 2 times, by read: /m);
    expect(err).toContain('1 mask of the args left out; --in args takes them');
    for (const value of ['ana@', 'bob@', '4200']) expect(out + err).not.toContain(value);
  });

  it('applies what is due for a call, judged with the arguments or the answer that came in', async () => {
    const told = { ...result, more: CARD };
    const { out, err } = await masked(told, ...call, '--tool', 'get_person', '--json');
    const { output, masked: did } = JSON.parse(out);
    expect(JSON.stringify(output)).not.toMatch(/ana@|4200/);
    expect(output.more).toBe(CARD);
    expect(
      did.map(({ what, with: how, rule }: Record<string, string>) => [what, how, rule]),
    ).toEqual(
      expect.arrayContaining([
        ['email', 'redact', 'read'],
        ['structuredContent.rows[*].salary', 'redact', 'read'],
      ]),
    );
    expect(err).toBe('');
    const other = ['--policy', 'p.yaml', '--upstream', 'db', '--as', 'sub=eve'];
    const stranger = await masked(result, ...other, '--tool', 'get_person');
    expect(JSON.parse(stranger.out)).toEqual(result);
    expect(stranger.err).toContain('the gate would not let it pass: no rule allows it');
    expect(stranger.err).toContain('nothing was masked');
  });

  it('reads from a request itself which call it is', async () => {
    const { out } = await masked(request('get_person', { card: CARD, to: 'x@y.example' }), ...call);
    expect(JSON.parse(out).params).toEqual({
      name: 'get_person',
      arguments: { card: '[redacted:payment-card]', to: 'x@y.example' },
    });
    const answer = { jsonrpc: '2.0', id: 1, result };
    await expect(masked(answer, ...call)).rejects.toMatchObject({ code: 'USAGE' });
    const told = await masked(answer, ...call, '--tool', 'get_person');
    expect(JSON.parse(told.out)).toMatchObject({ id: 1, result: { content: [{ text: 'mail [redacted:email]' }] } }); // biome-ignore format: one line says it
  });

  it('takes arguments without a message around them', async () => {
    const { out } = await masked({ card: CARD }, ...call, '--tool', 'get_person', '--in', 'args');
    expect(JSON.parse(out)).toEqual({ card: '[redacted:payment-card]' });
  });

  it('tries detectors, fields and paths without any policy', async () => {
    const keep = ['--find', 'email,payment-card', '--with', '{ keep: { last: 4 } }'];
    expect((await masked(`pay ${CARD}\n`, ...keep)).out).toBe(`pay ${'*'.repeat(15)}1111\n`);
    const fields = await masked({ password: 'swordfish', a: 1 }, '--fields', 'password,pin');
    expect(JSON.parse(fields.out)).toMatchObject({
      password: expect.stringContaining('[redacted'),
    });
    const path = await masked({ rows: [{ a: 1234 }] }, '--path', 'rows[*].a', '--with', 'redact');
    expect(JSON.parse(path.out)).toEqual({ rows: [{ a: '[redacted]' }] });
    expect(path.err).not.toContain('no message of MCP');
  });

  it('says why a path masks nothing, and what a masker has no way with', async () => {
    const none = await masked(result, '--path', 'rows[*].a');
    expect(none.err).toContain('did you mean "structuredContent.rows[*].a"?\nnothing was masked');
    const unfit = await masked('to a@example.com', '--find', 'email', '--with', '{ round: 10 }');
    expect(unfit.err).toMatch(/^"round" redacts what email finds/);
  });

  it('points to detectors where there are no policies', async () => {
    await expect(run(mask, folder.path)).rejects.toMatchObject({
      ...{ code: 'POLICY_UNREADABLE', hint: expect.stringContaining('--find') },
    });
  });

  it('finds with the detectors of a policy as well', async () => {
    folder.write({
      'own.yaml': `apiVersion: sallyport/v1
detectors: { employee-id: { pattern: '\\bE-\\d{6}\\b' } }
rules: []
`,
    });
    const { out } = await masked('ask E-123456', '--policy', 'own.yaml', '--find', 'employee-id');
    expect(out).toBe('ask [redacted:employee-id]');
  });

  it.each<[string, unknown, string]>([
    ['text', 'to ana@example.com\n', 'to [redacted:email]\n'],
    ['a JSON string', '"ana@example.com"\n', '"[redacted:email]"\n'],
    ['indented JSON', '{\n  "a": "ana@example.com"\n}\n', '{\n  "a": "[redacted:email]"\n}\n'],
    ['numbers that a double changes', '[12345678901234567890, "a@b.example"]', '[12345678901234567890,"[redacted:email]"]'],
    ['what has nothing in it, as it came', '{ "a":1.50 }', '{ "a":1.50 }'],
    ['nothing at all', '', ''],
    ['a prompt', { messages: [{ role: 'user', content: { type: 'text', text: 'a@b.example' } }] }, '{"messages":[{"role":"user","content":{"type":"text","text":"[redacted:email]"}}]}'],
    ['a resource', { contents: [{ uri: 'file:///a', text: 'a@b.example' }] }, '{"contents":[{"uri":"file:///a","text":"[redacted:email]"}]}'],
    ['an error', { jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'no a@b.example' } }, '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no [redacted:email]"}}'],
    ['a notification', { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'a@b.example' } }, '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"[redacted:email]"}}'],
  ])('masks %s', async (_, input, expected) => {
    expect((await masked(input, '--find', 'email')).out).toBe(expected);
  }); // biome-ignore format: cases are easier to compare in lines

  it('masks line by line, however they arrive', async () => {
    const lines = ['a@b.example\r\n{"e":"c@', 'd.example"}\n\nlast é@ x@y.example'];
    const { out, err } = await runOn(lines, mask, folder.path, '--find', 'email', '--lines');
    expect(out).toBe('[redacted:email]\n{"e":"[redacted:email]"}\n\nlast é@ [redacted:email]\n');
    expect(err).toMatch(/^lines: 4\nemail, redact, 3 times, by command-line/);
    const json = await runOn(lines, mask, folder.path, '--find', 'email', '--lines', '--json');
    const told = json.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told.map(({ line, output }) => [line, output])).toEqual([
      [1, '[redacted:email]'],
      [2, { e: '[redacted:email]' }],
      [3, ''],
      [4, 'last é@ [redacted:email]'],
    ]);
  });

  it('does not split a character that comes in two pieces', async () => {
    const bytes = Buffer.from('é a@b.example');
    const pieces = [bytes.subarray(0, 1), bytes.subarray(1)];
    expect((await runOn(pieces, mask, folder.path, '--find', 'email', '--lines')).out).toBe(
      'é [redacted:email]\n',
    );
  });

  it('reads a file', async () => {
    folder.write({ 'a.txt': 'a@b.example' });
    expect((await run(mask, folder.path, '--find', 'email', 'a.txt')).out).toBe('[redacted:email]');
  });

  it('gives the same token and the same hash for the same value, and says that they are its own', async () => {
    const { out, err } = await masked(
      ['a@b.example', 'a@b.example'],
      '--find',
      'email',
      '--with',
      'token',
    );
    const [one, two] = JSON.parse(out);
    expect(one).toMatch(/^email:[0-9a-hjkmnp-tv-z]{16}$/);
    expect(two).toBe(one);
    expect(err).toContain('hashes and tokens are of this run only');
  });

  it('asks the analyzer of the configuration where a mask names it', async () => {
    const server = await PresidioServer.start();
    try {
      folder.write({ 'sallyport.yaml': `analyzers: { presidio: { url: ${server.url} } }\n` });
      const { out } = await masked({ a: 'I am Ada Lovelace' }, '--find', 'presidio:PERSON');
      expect(JSON.parse(out)).toEqual({ a: 'I am [redacted:presidio:PERSON]' });
    } finally {
      await server.stop();
    }
    const gone = masked('Ada Lovelace', '--find', 'presidio');
    await expect(gone).rejects.toMatchObject({ code: 'ANALYZER_UNAVAILABLE' });
    folder.write({ 'sallyport.yaml': 'listen: {}\n' });
    const none = masked('Ada Lovelace', '--find', 'presidio');
    await expect(none).rejects.toMatchObject({ code: 'ANALYZER_UNAVAILABLE' });
  });

  it('lists every detector, group and masker with a line on each', async () => {
    const { code, out } = await run(mask, folder.path, '--detectors');
    expect(code).toBe(0);
    const { detectors, groups, maskers } = listing();
    for (const { name, summary } of [...detectors, ...groups, ...maskers]) {
      expect(`${name}: ${summary}`).toMatch(/: \S/);
      expect(out).toContain(summary);
    }
    const json = await run(mask, folder.path, '--detectors', '--json');
    expect(JSON.parse(json.out)).toEqual(JSON.parse(JSON.stringify(listing())));
  });

  it.each([
    ['an unknown option', ['--fnd', 'email']],
    ['an unknown detector', ['--find', 'emial']],
    ['an unknown masker', ['--find', 'email', '--with', 'hide']],
    ['a masker that can not be read', ['--find', 'email', '--with', '{ keep: [']],
    ['a masker without anything to find', ['--policy', 'p.yaml', '--with', 'redact']],
    ['a call with --find', ['--find', 'email', '--tool', 'x']],
    ['a side that does not exist', ['--find', 'email', '--in', 'both']],
    ['a call without a caller', ['--policy', 'p.yaml', '--tool', 'x', '--upstream', 'db']],
    ['two files', ['--find', 'email', 'a', 'b']],
    ['a file that is not there', ['--find', 'email', 'missing.json']],
  ])('refuses %s', async (_, args) => {
    await expect(masked('x', ...args)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('refuses policies with errors, and JSON that nests too deeply', async () => {
    folder.write({ 'bad.yaml': 'apiVersion: sallyport/v1\nrules: [{ id: a, thn: allow }]\n' });
    const bad = masked('x', '--policy', 'bad.yaml');
    await expect(bad).rejects.toMatchObject({ code: 'POLICY_INVALID' });
    const deep = masked('['.repeat(600) + ']'.repeat(600), '--find', 'email');
    await expect(deep).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('has help', async () => {
    const { code, out } = await run(mask, folder.path, '--help');
    expect(code).toBe(0);
    expect(out).toContain('Example:');
  });
});
