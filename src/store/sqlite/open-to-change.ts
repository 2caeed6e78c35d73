import Database from 'better-sqlite3';

export interface ChangeOptions {
  /** How long to wait for another connection that holds the database, in milliseconds; this thread sleeps meanwhile. */
  readonly busy: number;
  /** Makes the file where there is none; left out: it must be there. */
  readonly make?: boolean;
}

/** Opens a transcript database to write it. What is moved, removed or erased is overwritten, also in parts not in use. */
export function openToChange(
  path: string,
  { busy, make = false }: ChangeOptions,
): Database.Database {
  const db = new Database(path, { fileMustExist: !make });
  db.pragma(`busy_timeout = ${busy}`);
  // Pages that are split leave copies of rows behind otherwise, which nobody could erase.
  db.pragma('secure_delete = ON');
  return db;
}
