import { dirname, join } from 'node:path';

/** The database of how far exports have come, beside that of the transcripts. */
export function cursorsBeside(transcripts: string): string {
  return join(dirname(transcripts), 'exports.db');
}
