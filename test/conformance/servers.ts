import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A server under test, in a process of its own. */
export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

const fixtures = fileURLToPath(new URL('./fixture/main.ts', import.meta.url));
const everything = fileURLToPath(
  new URL(
    '../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
    import.meta.url,
  ),
);

/** Starts one of our fixtures. */
export async function startFixture(name: string): Promise<RunningServer> {
  const child = startChild([fixtures, name], { stdio: ['pipe', 'pipe', 'ignore'] });
  if (!child.stdout) throw new Error(`the fixture ${name} has no output`);
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [])]);
  const [url] = first as string[];
  if (url === undefined) throw new Error(`the fixture ${name} did not start`);
  return { url, stop: () => end(child) };
}

/** Starts the reference server that the protocol's authors publish. */
export async function startEverything(): Promise<RunningServer> {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port) };
  const child = startChild([everything, 'streamableHttp'], { env, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/mcp`;
  for (let tries = 0; !(await answers(url)); tries++) {
    if (tries === 100 || child.exitCode !== null)
      throw new Error('server-everything did not start');
    await sleep(100);
  }
  return { url, stop: () => end(child) };
}

/** No server outlives the run, however that ends. */
function startChild(args: string[], options: SpawnOptions): ChildProcess {
  const child = spawn(process.execPath, args, options);
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  child.on('exit', () => process.off('exit', kill));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function answers(url: string): Promise<boolean> {
  try {
    const { body } = await fetch(url);
    await body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
