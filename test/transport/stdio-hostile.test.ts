import { describe, expect, it, vi } from 'vitest';
import { hostile, notification, runs, StdioClient, textOf } from './fixtures/stdio-client.ts';
import { stoppedClients } from './fixtures/stopped-clients.ts';

const { connect } = stoppedClients();

describe('a stdio upstream that misbehaves', () => {
  it('may write junk to standard output; the log says so once and never what', async () => {
    const client = await connect();
    expect(textOf(await client.call('junk'))).toBe('after junk');
    const warnings = client.log.lines.filter((line) => line.startsWith('warn'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).not.toContain('Listening');
  });

  it('may write a byte at a time and end lines with CRLF', async () => {
    const client = await connect();
    expect(textOf(await client.call('pieces'))).toBe('grüße 🎈');
  });

  it('loses a line that is too long, and nothing else', async () => {
    const client = await connect();
    const sink = client.start('huge');
    await vi.waitFor(() => expect(sink.heard).toEqual(['open', 'notification']));
    expect(textOf(await client.call('echo'))).toContain('echo');
    expect(client.log.lines.join('\n')).toContain('FRAME_TOO_LARGE');
  });

  it('may flood standard error; the log takes the beginning of some lines', async () => {
    const client = await connect();
    expect(textOf(await client.call('stderr-flood'))).toBe('flooded');
    const lines = () => client.log.lines.filter((line) => line.includes('standard error'));
    await vi.waitFor(() => expect(lines()).toHaveLength(100));
    expect(Math.max(...lines().map((line) => line.length))).toBeLessThan(2_200);
  });

  it('fails a call with how the process ended, and starts anew on the next initialize', async () => {
    const client = await connect();
    const [waiting, listener] = [client.start('silent'), client.listen()];
    const sink = await client.call('exit');
    expect(sink.error?.code).toBe('UPSTREAM_ENDED');
    expect(sink.error?.message).toContain('code 3');
    expect(waiting.error?.code).toBe('UPSTREAM_ENDED');
    expect(listener.heard).toEqual(['open', 'end']);
    expect((await client.call('echo')).error?.code).toBe('SESSION_UNKNOWN');
    await client.initialize();
    expect(textOf(await client.call('echo'))).toContain('echo');
  });

  it('fails a call with the signal that ended the process', async () => {
    const client = await connect();
    expect((await client.call('killed')).error?.message).toContain('SIGKILL');
  });

  it('is heard to its last words, however long that takes', async () => {
    const client = await connect();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sink = client.start('last');
    sink.taking = promise;
    await vi.waitFor(() => expect(client.listen().error?.code).toBe('SESSION_UNKNOWN'));
    await (await connect()).call('echo');
    expect(sink.heard).toEqual(['open', 'notification']);
    resolve();
    await sink.over;
    expect(textOf(sink)).toBe('last words');
  });

  it('fails initialize where it ends before it answered', async () => {
    const client = new StdioClient({ command: [...hostile, 'exit'] });
    expect((await client.initialize()).error?.code).toBe('UPSTREAM_ENDED');
  });

  it.each(['close-stdin', 'close-stdout'])(
    'is ended where it can be talked to no more: %s',
    async (tool) => {
      const client = await connect();
      const waiting = client.start('silent');
      const sink = client.start(tool);
      await vi.waitFor(() => {
        client.send(notification('notifications/more'));
        expect(client.send(notification('notifications/more')).error?.code).toBe('SESSION_UNKNOWN');
      });
      await Promise.all([waiting.over, sink.over]);
      expect(waiting.error?.code).toBe('UPSTREAM_ENDED');
    },
  );

  it('has ended when it has ended, though a process that got away holds its output open', async () => {
    const client = await connect({ processes: 1 });
    expect((await client.call('escape')).error?.message).toContain('code 4');
    expect((await client.initialize()).error).toBeUndefined();
  });

  it('fails messages where it does not read its input', async () => {
    const client = await connect();
    await client.call('deaf');
    const note = notification('notifications/big', { text: 'x'.repeat(90_000) });
    await vi.waitFor(() => expect(client.send(note).error?.code).toBe('UPSTREAM_UNREACHABLE'));
  });

  it.each([
    ['a program that does not exist', ['no-such-program', '--key=secret'], undefined],
    ['a directory that does not exist', [process.execPath, 'secret'], '/no/such/directory'],
    ['an argument that no system takes', [process.execPath, 'secret\0'], undefined],
  ])('says which program cannot be started, and no argument: %s', async (_, command, cwd) => {
    const client = new StdioClient({ command, cwd, processes: 1 });
    for (let i = 0; i < 2; i++) {
      const { error, heard } = await client.initialize();
      expect(heard).toEqual(['fail']);
      expect(error?.code).toBe('UPSTREAM_UNREACHABLE');
      expect(error?.message).toContain(command[0]);
      expect(error?.explain()).not.toContain('secret');
    }
    await client.link.stop();
  });
});

describe('ending the processes of a stdio upstream', () => {
  it('leaves neither a process that ignores SIGTERM nor its grandchild behind', async () => {
    const client = await connect({ command: [...hostile, 'stubborn'] });
    const pid = Number(textOf(await client.call('pid')));
    const grandchild = Number(textOf(await client.call('grandchild')));
    expect([pid, grandchild].map(runs)).toEqual([true, true]);
    await client.link.stop();
    expect([pid, grandchild].map(runs)).toEqual([false, false]);
  });

  it('ends what a process that died left behind', async () => {
    const client = await connect();
    const grandchild = Number(textOf(await client.call('grandchild')));
    await client.call('killed');
    expect(runs(grandchild)).toBe(false);
  });

  it('is over soon where the process ends with its input', async () => {
    const client = await connect({ grace: 60_000 });
    const pid = Number(textOf(await client.call('pid')));
    await client.link.stop();
    expect(runs(pid)).toBe(false);
  });
});
