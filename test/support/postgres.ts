import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';

const PASSWORD = 'p@ss/word';
/** `nobody`: a PostgreSQL server refuses to run as root. */
const NOBODY = 65_534;
const DEADLINE = 30_000;
const place = '/usr/lib/postgresql';

/** A PostgreSQL server of its own, on a free port, in a temporary folder. */
export class Postgres {
  readonly #folder: string;
  readonly #port: number;
  #server: ChildProcess | undefined;
  #databases = 0;

  static async start(): Promise<Postgres> {
    const postgres = new Postgres(
      mkdtempSync(join(tmpdir(), 'sallyport-postgres-')),
      await freePort(),
    );
    await postgres.resume();
    return postgres;
  }

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    // Ownership goes with it.
    execFileSync('cp', ['-a', freshData(), join(folder, 'data')]);
    if (owner) chownSync(folder, NOBODY, NOBODY);
  }

  /** A URL of an empty database. */
  async database(): Promise<string> {
    const name = `test_${++this.#databases}`;
    await this.#query(`CREATE DATABASE ${name}`);
    return this.#url(name);
  }

  /** A URL of an empty schema of the database `postgres`: quicker than a database, but all hear each other's NOTIFY. */
  async schema(): Promise<string> {
    const name = `schema_${++this.#databases}`;
    await this.#query(`CREATE SCHEMA ${name}`);
    return `${this.#url('postgres')}?options=${encodeURIComponent(`-c search_path=${name}`)}`;
  }

  /** Ends it at once, as a crash does. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGQUIT');
    await ended;
  }

  /** Starts it again, on the same port, with what it had. */
  async resume(): Promise<void> {
    const data = join(this.#folder, 'data');
    const fast = ['fsync=off', 'full_page_writes=off', 'listen_addresses=127.0.0.1'];
    const how = [
      '-p',
      String(this.#port),
      '-k',
      this.#folder,
      ...fast.flatMap((one) => ['-c', one]),
    ];
    const server = spawn(program('postgres'), ['-D', data, ...how], {
      ...owner,
      cwd: this.#folder,
      stdio: 'ignore',
    });
    this.#server = server;
    process.once('exit', () => server.kill('SIGQUIT'));
    const deadline = Date.now() + DEADLINE;
    for (;;) {
      try {
        return await this.#query('SELECT 1');
      } catch (error) {
        if (server.exitCode !== null || Date.now() > deadline) throw error;
        await wait(50);
      }
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #url(database: string): string {
    return `postgres://gate:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.#port}/${database}`;
  }

  async #query(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.#url('postgres') });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}

const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;

/** The folder that `initdb` makes, which takes it a second: once for all tests of this checkout. */
function freshData(): string {
  const kept = resolve(import.meta.dirname, `../../node_modules/.cache/postgres-${newest()}`);
  if (existsSync(kept)) return kept;
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-initdb-'));
  const [secret, data] = [join(folder, 'password'), join(folder, 'data')];
  writeFileSync(secret, PASSWORD);
  mkdirSync(data, { mode: 0o700 });
  for (const path of [folder, secret, data]) if (owner) chownSync(path, NOBODY, NOBODY);
  const how = ['--no-sync', '--auth=scram-sha-256', `--pwfile=${secret}`, '--username=gate'];
  execFileSync(program('initdb'), ['-D', data, '-E', 'UTF8', '--locale=C', ...how], {
    ...owner,
    cwd: folder,
    stdio: 'pipe',
  });
  const own = `${kept}-${process.pid}`;
  mkdirSync(dirname(kept), { recursive: true });
  execFileSync('cp', ['-a', data, own]);
  rmSync(folder, { recursive: true });
  try {
    renameSync(own, kept);
  } catch (error) {
    // Another process was quicker.
    rmSync(own, { recursive: true });
    if (!existsSync(kept)) throw error;
  }
  return kept;
}

/** The newest version that is installed. */
function newest(): string {
  const versions = existsSync(place) ? readdirSync(place) : [];
  return String(versions.map(Number).sort((a, b) => b - a)[0]);
}

function program(name: string): string {
  const path = join(place, newest(), 'bin', name);
  if (existsSync(path)) return path;
  throw new Error(
    `there is no ${path}: install PostgreSQL, such as by "apt-get install postgresql"`,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
