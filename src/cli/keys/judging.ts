import { GateError } from '../../model/errors.ts';
import { counted } from '../report.ts';
import type { Source } from '../transcripts/database.ts';
import type { Terminal } from '../verb.ts';
import { recordUnsealing, type Unsealing } from './unsealing.ts';

/**
 * Records in the transcript who has judged by originals, at how many exchanges, and by what: to be called before anything
 * is printed. A database that is read-only keeps no record: that is said, and it goes on, for no original is shown.
 *
 * @throws GateError STORE_UNAVAILABLE: it can be written, but not now
 */
export function recordJudging(
  source: Source,
  terminal: Terminal,
  judging: Unsealing & { readonly count: number },
): void {
  if (judging.count === 0) return;
  try {
    recordUnsealing(source, terminal, judging);
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    const many = counted(judging.count, 'exchange');
    terminal.err(
      `the database is read-only: nobody will know that originals of ${many} were opened\n`,
    );
  }
}

/** Of SQLite: the file, its folder or the medium is. */
function isReadOnly(error: unknown): boolean {
  const cause = error instanceof GateError ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^SQLITE_(?:READONLY|CANTOPEN|PERM)/.test(code);
}
