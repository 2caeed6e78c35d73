import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  answer,
  notification,
  request,
  runs,
  StdioClient,
  textOf,
} from './fixtures/stdio-client.ts';

const entry = import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js');
const everything = [process.execPath, fileURLToPath(entry), 'stdio'];

describe('the reference server on stdio', () => {
  const client = new StdioClient({
    command: everything,
    timeout: 60_000,
    limits: { bytes: 4_194_304, depth: 64 },
  });
  beforeAll(async () => {
    await client.initialize();
  });
  afterAll(() => client.link.stop());

  it('lists its tools and answers a call', async () => {
    const list = client.send(request('tools/list', {}, 'list'));
    await list.over;
    expect(list.messages.at(-1)).toMatchObject({ result: { tools: expect.any(Array) } });
    expect(textOf(await client.call('echo', { arguments: { message: 'hello' } }))).toContain(
      'hello',
    );
  });

  it('reports progress to the call that asked for it', async () => {
    const sink = await client.call('trigger-long-running-operation', {
      arguments: { duration: 0.5, steps: 3 },
      _meta: { progressToken: 'p' },
    });
    const kinds = ['open', 'notification', 'notification', 'notification', 'result', 'end'];
    expect(sink.heard).toEqual(kinds);
  });

  it('asks the client within a call and takes its answer', async () => {
    const sink = client.start('trigger-sampling-request', {
      arguments: { prompt: 'hi', maxTokens: 5 },
    });
    await vi.waitFor(() => expect(sink.heard).toEqual(['open', 'request']));
    const [question] = sink.messages;
    const id = question && 'id' in question ? question.id : null;
    const content = { type: 'text', text: 'sampled' };
    client.send(answer(id ?? '', { role: 'assistant', content, model: 'm' }));
    await sink.over;
    expect(textOf(sink)).toContain('sampled');
  });

  it('notifies whoever listens', async () => {
    const listener = client.listen();
    await client.call('toggle-simulated-logging');
    await vi.waitFor(() => expect(listener.heard).toContain('notification'), { timeout: 15_000 });
    await client.call('toggle-simulated-logging');
  }, 30_000);

  it('stops when a call is cancelled', async () => {
    const controller = new AbortController();
    const frame = request(
      'tools/call',
      { name: 'trigger-long-running-operation', arguments: { duration: 30, steps: 3 } },
      'long',
    );
    const sink = client.send(frame, client.session, controller.signal);
    client.send(notification('notifications/cancelled', { requestId: 'long' }));
    controller.abort();
    expect(textOf(await client.call('echo', { arguments: { message: 'on' } }))).toContain('on');
    expect(sink.heard).toEqual([]);
  });
});

describe('a daemon that is killed', () => {
  it('takes the reference server with it', async () => {
    const script = fileURLToPath(new URL('fixtures/doomed-daemon.ts', import.meta.url));
    const daemon = spawn(process.execPath, [script, ...everything], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(daemon.stdout, 'data');
    expect(String(line)).toBe('ready\n');
    const servers = childrenOf(daemon.pid);
    expect(servers).toHaveLength(1);
    daemon.kill('SIGKILL');
    await vi.waitFor(() => expect(servers.filter(runs)).toEqual([]), { timeout: 10_000 });
  }, 30_000);
});

function childrenOf(parent: number | undefined): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
