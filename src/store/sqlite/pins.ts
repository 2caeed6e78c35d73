import Database from 'better-sqlite3';
import { type JsonObject, parseJson } from '../../model/json.ts';
import type { PinEntry, PinStore } from '../../model/seams.ts';
import type { ToolDefinition } from '../../model/tool-definition.ts';
import { inOwnFile } from './in-own-file.ts';

const VERSION = 2;
/** Milliseconds that a write waits for another process. */
const BUSY = 2_000;
const SCHEMA = ['accepted', 'refused']
  .map(
    (table) => `CREATE TABLE IF NOT EXISTS ${table} (
      upstream TEXT NOT NULL, tool TEXT NOT NULL, fingerprint TEXT NOT NULL, definition TEXT NOT NULL,
      PRIMARY KEY (upstream, tool)) STRICT;`,
  )
  .join('\n');

interface Row {
  tool: string;
  fingerprint: string;
  definition: string;
}

/**
 * Pins in a SQLite file of their own: they outlive the transcripts, and `sallyport pin` writes to it while the daemon
 * runs.
 */
export class SqlitePins implements PinStore {
  readonly #db: Database.Database;
  readonly #version;
  readonly #entries;
  readonly #accepted;
  readonly #refused;
  readonly #remember;
  readonly #accept;
  readonly #refuse;
  readonly #settle;
  readonly #settleOne;

  /**
   * Opens, or makes, the database.
   *
   * @throws GateError STORE_UNREADABLE
   */
  constructor(path: string) {
    this.#db = inOwnFile(path, 'pins', () => open(path));
    const db = this.#db;
    this.#version = db.prepare<[], number>('PRAGMA data_version').pluck();
    this.#entries = db.prepare<[string, string], Row & { kind: string }>(
      `SELECT tool, fingerprint, 'accepted' AS kind FROM accepted WHERE upstream = ?
       UNION ALL SELECT tool, fingerprint, 'refused' AS kind FROM refused WHERE upstream = ?`,
    );
    const read = 'SELECT tool, fingerprint, definition FROM';
    const where = 'WHERE upstream = ? AND tool = ?';
    this.#accepted = db.prepare<[string, string], Row>(`${read} accepted ${where}`);
    this.#refused = db.prepare<[string, string], Row>(`${read} refused ${where}`);
    const columns = '(upstream, tool, fingerprint, definition) VALUES (?, ?, ?, ?)';
    this.#remember = db.prepare(`INSERT OR IGNORE INTO accepted ${columns}`);
    this.#accept = db.prepare(`INSERT OR REPLACE INTO accepted ${columns}`);
    this.#refuse = db.prepare(`INSERT OR REPLACE INTO refused ${columns}`);
    this.#settle = db.prepare(`DELETE FROM refused ${where}`);
    this.#settleOne = db.prepare(`DELETE FROM refused ${where} AND fingerprint = ?`);
  }

  version(): number {
    return this.#version.get() ?? 0;
  }

  entries(upstream: string): ReadonlyMap<string, PinEntry> {
    const entries = new Map<string, PinEntry>();
    for (const { tool, fingerprint, kind } of this.#entries.iterate(upstream, upstream)) {
      entries.set(tool, { ...entries.get(tool), [kind]: fingerprint });
    }
    return entries;
  }

  accepted(upstream: string, tool: string): ToolDefinition | undefined {
    return definitionOf(this.#accepted.get(upstream, tool));
  }

  refused(upstream: string, tool: string): ToolDefinition | undefined {
    return definitionOf(this.#refused.get(upstream, tool));
  }

  remember(upstream: string, tools: readonly ToolDefinition[]): void {
    this.#together(() => {
      for (const tool of tools) this.#remember.run(...columnsOf(upstream, tool));
    });
  }

  accept(upstream: string, tool: ToolDefinition): void {
    this.#together(() => {
      this.#accept.run(...columnsOf(upstream, tool));
      // Another may have been refused meanwhile, and stays so.
      this.#settleOne.run(upstream, tool.name, tool.fingerprint);
    });
  }

  refuse(upstream: string, tools: readonly ToolDefinition[]): void {
    this.#together(() => {
      for (const tool of tools) this.#refuse.run(...columnsOf(upstream, tool));
    });
  }

  settle(upstream: string, tools: readonly string[]): void {
    this.#together(() => {
      for (const tool of tools) this.#settle.run(upstream, tool);
    });
  }

  close(): void {
    this.#db.close();
  }

  #together(write: () => void): void {
    this.#db.transaction(write).immediate();
  }
}

function open(path: string): Database.Database {
  const db = new Database(path, { timeout: BUSY });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    const version = db.pragma('user_version', { simple: true });
    if (version !== 0 && version !== VERSION) {
      throw new Error(`it has version ${version}, and this sallyport reads ${VERSION}`);
    }
    db.transaction(() => {
      db.exec(SCHEMA);
      db.pragma(`user_version = ${VERSION}`);
    }).immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

type Columns = [upstream: string, tool: string, fingerprint: string, definition: string];

function columnsOf(upstream: string, { name, fingerprint, definition }: ToolDefinition): Columns {
  return [upstream, name, fingerprint, JSON.stringify(definition)];
}

function definitionOf(row: Row | undefined): ToolDefinition | undefined {
  if (!row) return undefined;
  const { tool, fingerprint, definition } = row;
  return { name: tool, fingerprint, definition: parseJson(definition) as JsonObject };
}
