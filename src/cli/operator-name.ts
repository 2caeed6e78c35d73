import { userInfo } from 'node:os';

/** Who runs this command, as records of what was done to transcripts have it. */
export function operatorName(): string {
  return `os:${userName()}`;
}

/** A user id that has no name, as in a container, is a number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
