import Database from 'better-sqlite3';
import { migrate, SCHEMA_VERSION } from '../schema.ts';
import { trustedTables } from './check-table.ts';

/** An entry of the table that says what is in a database (SQLite, "The Schema Table"). */
interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/** Words that no gate declares tables with: each would change what a row says, or whether it is kept at all. */
const FOREIGN = /\b(?:check|collate|conflict|references|foreign|generated|always|stored)\b/i;

/**
 * What is in a database that no gate has put there, or is not as gates make it. Leaves tell of rows only: with a trigger
 * somebody who could write to the file once would have a say in all that is recorded later, and a view would show readers
 * something else than what is signed. Indexes only have to be complete, which {@link checkTable} looks at. Within a read
 * transaction.
 *
 * @returns a clause; undefined where all is as it should be, or it is of a newer sallyport
 */
export function schemaProblem(db: Database.Database): string | undefined {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > SCHEMA_VERSION) return undefined;
  const rows = db.prepare<[], SchemaRow>('SELECT type, name, sql FROM sqlite_schema').all();
  const foreign = rows.find(({ type }) => type === 'trigger' || type === 'view');
  if (foreign) return `the database has the ${foreign.type} "${foreign.name}", which no gate makes`;
  const tables = new Map(rows.filter(({ type }) => type === 'table').map((row) => [row.name, row]));
  const expected = new Database(':memory:');
  try {
    migrate(expected, version);
    const wrong = [...trustedTables, 'upkeep'].find((name) => {
      const sql = tables.get(name)?.sql ?? '';
      return FOREIGN.test(withoutComments(sql)) || shapeOf(db, name) !== shapeOf(expected, name);
    });
    return wrong && `the table "${wrong}" is not as gates make it`;
  } finally {
    expected.close();
  }
}

/** Columns with their types and defaults, and how rows are kept. */
function shapeOf(db: Database.Database, table: string): string {
  const kinds = db.prepare('SELECT type, wr, strict FROM pragma_table_list(?)').raw().all(table);
  const columns = db.prepare('SELECT * FROM pragma_table_xinfo(?)').raw().all(table);
  return JSON.stringify([kinds, columns]);
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/--[^\n]*/g, '').replaceAll(/\/\*.*?\*\//gs, '');
}
