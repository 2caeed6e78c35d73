import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes an empty file for a database, which nobody else can read, and its folder: SQLite gives its other files the mode
 * of this one. A file that is there is left alone: whoever closes one otherwise than by SQLite lets go of all locks that
 * his process has on it (fcntl).
 */
export function makeOwnFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}
