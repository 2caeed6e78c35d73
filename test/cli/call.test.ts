import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { call } from '../../src/cli/call.ts';
import { explain } from '../../src/cli/explain.ts';
import { suggest } from '../../src/cli/suggest.ts';
import type { Terminal } from '../../src/cli/verb.ts';
import { Upstream } from '../e2e/fixtures/upstream.ts';
import { type RunningGate, startGate } from '../e2e/support/gate.ts';
import { statelessServer } from './stateless-server.ts';
import { type Ran, run } from './terminal.ts';

const POLICY = `apiVersion: sallyport/v1
rules:
  - id: analysts-use
    on: { tools: [echo, fail, table, long], resources: ["doc://**"], prompts: ["*"] }
    when: { identity.groups: { contains: analysts } }
    then: allow
  - id: dba-use
    on: { tools: [not_there] }
    when: { identity.groups: { contains: dba } }
    then: allow
  - id: no-wipe
    on: { tools: [wipe] }
    then: block
    reason: Nobody wipes.
`;

let upstream: Upstream;
let gate: RunningGate;

function server(): McpServer {
  const mcp = new McpServer({ name: 'own', version: '1' });
  const said = (text: string) => ({ content: [{ type: 'text' as const, text }] });
  const inputSchema = { text: z.string() };
  mcp.registerTool('echo', { inputSchema, description: 'Says it again.' }, ({ text }) =>
    said(text),
  );
  const description = `Answers. ${'And so on. '.repeat(30)}`;
  mcp.registerTool('table', { inputSchema, description }, ({ text }) => {
    const structuredContent = { rows: 2, text };
    return { ...said(JSON.stringify(structuredContent)), structuredContent };
  });
  mcp.registerTool('long', { inputSchema, description: 'long '.repeat(50) }, ({ text }) => ({
    ...{ ...said('two rows'), structuredContent: { rows: 2, text } },
  }));
  mcp.registerTool('wipe', { inputSchema }, () => said('wiped'));
  mcp.registerTool('fail', { inputSchema }, () => {
    throw new Error('it broke');
  });
  const template = new ResourceTemplate('doc://{id}', { list: undefined });
  mcp.registerResource('doc', template, {}, (uri) => ({
    contents: [{ uri: uri.href, text: 'the document' }],
  }));
  mcp.registerPrompt('greet', { argsSchema: { who: z.string() } }, ({ who }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `greet ${who}` } }],
  }));
  return mcp;
}

beforeAll(async () => {
  upstream = await Upstream.start(server);
  const { url } = upstream;
  gate = await startGate({ upstreams: { own: { url }, other: { url } }, policies: POLICY });
});
afterAll(async () => {
  await gate?.stop();
  await upstream?.stop();
});

async function ran(args: readonly string[], env: Terminal['env']): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await call.run([gate.endpoint('own'), ...args], {
    input: (async function* () {})(),
    drained: () => undefined,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ...{ colour: false, cwd: gate.folder, env, signal: new AbortController().signal },
  });
  return { code, out, err };
}
const asAna = async (...args: string[]) =>
  ran(args, { SALLYPORT_TOKEN: await gate.token('ana', 'own') });

describe('sallyport call', () => {
  it.each(['session', 'stateless'])('prints what a tool says, in the %s era', async (era) => {
    const args = ['echo', '--args', '{"text":"hello\\nyou \\u001b[2J"}', '--era', era];
    expect(await asAna(...args)).toEqual({
      code: 0,
      out: '| hello\n| you \\x1b[2J\n',
      err: '',
    });
  });

  it('reads arguments from a file, and the token too', async () => {
    writeFileSync(join(gate.folder, 'args.json'), '{"text":"from a file"}');
    writeFileSync(join(gate.folder, 'token'), `${await gate.token('ana', 'own')}\n`);
    const { out } = await ran(['echo', '--args', '@args.json', '--token-file', 'token'], {});
    expect(out).toBe('| from a file\n');
  });

  it('exits with 1 where the gate refuses, and says by which rule, why, and in which exchange', async () => {
    const { code, out, err } = await asAna('wipe', '--args', '{"text":"x"}');
    const [newest] = gate.transcripts().exchanges({ limit: 1, target: 'wipe' });
    expect(code).toBe(1);
    expect(out).toContain('Blocked by policy rule "no-wipe"');
    expect(out).not.toContain('dev.sallyport');
    expect(err).toBe(`gate: block by no-wipe: Nobody wipes. (exchange ${newest?.id})\n`);
  });

  it('exits with 1 where the tool itself reports an error', async () => {
    const { code, out, err } = await asAna('fail', '--args', '{"text":"x"}');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toContain('it broke');
  });

  it('exits with 1 where the server asks for input, which it shows and cannot give', async () => {
    const inputRequests = { q: { method: 'elicitation/create', params: { message: 'sure?' } } };
    const server = await statelessServer(() => ({ resultType: 'input_required', inputRequests }));
    try {
      const { code, out } = await run(call, gate.folder, server.url, 'report', '--json');
      expect(code).toBe(1);
      expect(JSON.parse(out)).toEqual({ result: { resultType: 'input_required', inputRequests } });
    } finally {
      await server.close();
    }
  });

  it('comes back where the server wants nothing but its state, as a call that waits does', async () => {
    const states: unknown[] = [];
    const server = await statelessServer(({ requestState, _meta }) => {
      states.push(requestState);
      // Whoever could open pages would be asked to, and the approval given up where nobody does.
      expect(JSON.stringify(_meta)).not.toContain('"url"');
      if (states.length > 2) return { resultType: 'complete', content: [] };
      return { resultType: 'input_required', requestState: `round ${states.length}` };
    });
    try {
      const { code } = await run(call, gate.folder, server.url, 'report', '--json');
      expect({ code, states }).toEqual({ code: 0, states: [undefined, 'round 1', 'round 2'] });
    } finally {
      await server.close();
    }
  });

  it('gives up where that has no end', async () => {
    let calls = 0;
    const server = await statelessServer(() => {
      calls++;
      return { resultType: 'input_required', requestState: 'again' };
    });
    try {
      const { code } = await run(call, gate.folder, server.url, 'report', '--json');
      expect({ code, calls }).toEqual({ code: 1, calls: 11 });
    } finally {
      await server.close();
    }
  });

  it('reads resources, gets prompts, and lists what the caller is shown', async () => {
    expect((await asAna('--resource', 'doc://7')).out).toContain('| the document');
    const prompt = await asAna('--prompt', 'greet', '--args', '{"who":"Ada"}');
    expect(prompt.out).toContain('greet Ada');
    const { out } = await asAna('--list');
    expect(out).toContain(
      `tools:
  echo   Says it again.
  table  Answers.
  long   ${'long '.repeat(50).slice(0, 99)}…
  fail
`,
    );
    expect(out).not.toContain('wipe');
    const whole = JSON.parse((await asAna('--list', '--json')).out) as { result: { tools: object[] } }; // biome-ignore format: one line says it
    expect(whole.result.tools[1]).toMatchObject({
      description: expect.stringMatching(/^Answers\. And so on\..*And so on\. $/) as string,
    });
    const refused = await asAna('--resource', 'other://7');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toContain('gate: block: no rule allows it');
  });

  it('says so where nothing is shown', async () => {
    writeFileSync(join(gate.folder, 'bob'), await gate.token('bob', 'other'));
    const url = gate.endpoint('other');
    const { code, out } = await run(call, gate.folder, url, '--list', '--token-file', 'bob');
    expect([code, out]).toEqual([0, 'nothing is shown to this caller\n']);
  });

  it('says once what structured content repeats, and shows what it adds', async () => {
    const text = 'z'.repeat(400);
    const repeated = await asAna('table', '--args', JSON.stringify({ text }));
    expect(repeated.out.replace(/\n\| /g, '').trimEnd().split('\n').at(-1)).toBe(
      '(structuredContent says the same)',
    );
    expect(repeated.out.match(/z/g)).toHaveLength(400);
    const other = await asAna('long', '--args', '{"text":"y"}');
    expect(other.out).toBe('| two rows\n{"structuredContent":{"rows":2,"text":"y"}}\n');
  });

  it('prints the message of an error that comes as a JSON-RPC body', async () => {
    const error = { code: -32000, message: 'too much \u001b[2J' };
    const text = JSON.stringify({ jsonrpc: '2.0', id: null, error });
    const refused = createServer((_, response) => {
      response.writeHead(403, { 'content-type': 'application/json' }).end(text);
    }).listen(0, '127.0.0.1');
    await once(refused, 'listening');
    try {
      const { port } = refused.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}/mcp`;
      await expect(run(call, gate.folder, url, 'echo')).rejects.toMatchObject({
        code: 'UPSTREAM_STATUS',
        message: 'the server answered HTTP 403: too much \\x1b[2J',
        hint: expect.stringContaining('token') as string,
      });
    } finally {
      refused.close();
    }
  });

  it.each(['http://gate.example.com/mcp/own', 'http://10.0.0.1:7411/mcp/own'])(
    'never sends a token in the clear: %s',
    async (url) => {
      writeFileSync(join(gate.folder, 'clear'), 'abc');
      await expect(
        run(call, gate.folder, url, 'echo', '--token-file', 'clear'),
      ).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('http://') as string }); // biome-ignore format: one line says it
    },
  );

  it('prints everything as JSON', async () => {
    const { out } = await asAna('wipe', '--args', '{"text":"x"}', '--json');
    expect(JSON.parse(out)).toMatchObject({
      result: { isError: true },
      decision: { effect: 'block', rule: 'no-wipe', reason: 'Nobody wipes.' },
    });
  });

  it('gives the name that it is told to give', async () => {
    await asAna('echo', '--args', '{"text":"x"}', '--client', 'staging-7');
    const [newest] = gate.transcripts().exchanges({ limit: 1, target: 'echo' });
    expect(newest?.agent).toMatch(/^staging-7\//);
    expect(newest).toMatchObject({ sub: 'ana', outcome: 'answered', ip: '127.0.0.1' });
    expect(gate.transcripts().fact(newest?.identity ?? '')).toMatchObject({
      groups: ['analysts'],
    });
  });

  it('leaves a record that "explain" judges alike, and that "suggest" covers', async () => {
    await asAna('wipe', '--args', '{"text":"x"}');
    await asAna('--resource', 'doc://8', '--era', 'session');
    for (const target of ['wipe', 'doc://8']) {
      const [newest] = gate.transcripts().exchanges({ limit: 1, target });
      const from = ['--db', gate.database, '--policies', join(gate.folder, 'policies')];
      const { out } = await run(explain, gate.folder, newest?.id ?? '', ...from);
      expect(out).toMatch(/^ {2}now +the same decision, revision \w+ \(the same\)$/m);
      expect(out).toMatch(/^ {2}who +ana \(analysts\), known to http/m);
    }
    const suggested = await run(suggest, gate.folder, '--db', gate.database, '--upstream', 'own');
    expect(suggested).toMatchObject({ code: 0, err: expect.stringContaining('proven') as string });
    expect(suggested.out).toContain('- doc://8\n');
  });

  it('cannot run without a token that the gate accepts', async () => {
    await expect(ran(['echo'], {})).rejects.toMatchObject({
      code: 'AUTH_TOKEN_MISSING',
      hint: 'set SALLYPORT_TOKEN, or name a file with --token-file',
    });
    const wrong = { SALLYPORT_TOKEN: await gate.token('ana', 'other') };
    await expect(ran(['echo'], wrong)).rejects.toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
  });

  it.each([
    [[]],
    [['echo', '--list']],
    [['echo', 'more']],
    [['--list', '--args', '{}']],
    [['echo', '--args', '[]']],
    [['echo', '--era', 'none']],
    [['echo', '--token-file', 'none']],
  ])('refuses wrong use: %j', async (args) => {
    await expect(ran(args, {})).rejects.toMatchObject({ code: 'USAGE' });
  });
});
