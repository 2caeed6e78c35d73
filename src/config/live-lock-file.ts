import { readFileSync, statSync } from 'node:fs';
import { GateError, messageOf } from '../model/errors.ts';
import type { Log } from '../model/seams.ts';
import { type PinnedTools, parseLockFile } from '../policy/pin/lock-file.ts';

/** Bytes of a lock file. */
const MAX_BYTES = 67_108_864;

/**
 * Reads a lock file.
 *
 * @param shown as the user named it; messages name it so
 * @throws GateError PINS_UNREADABLE; PINS_INVALID with every problem
 */
export function readLockFile(path: string, shown: string): PinnedTools {
  return toolsIn(textOf(path, shown), shown);
}

function toolsIn(text: string, shown: string): PinnedTools {
  const { tools, problems } = parseLockFile(text, shown);
  if (tools) return tools;
  throw new GateError('PINS_INVALID', `the lock file ${shown} has errors`, { problems });
}

function textOf(path: string, shown: string): string {
  const hint = 'write it with "sallyport pin"';
  try {
    if (statSync(path).size > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`);
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `cannot read the lock file ${shown}: ${messageOf(cause)}`;
    throw new GateError('PINS_UNREADABLE', message, { hint, cause });
  }
}

/** Tells one state of a file from another. */
function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}` : 'missing';
}

/** The lock file in force. Another takes its place only when it has no errors. */
export class LiveLockFile {
  readonly #path: string;
  readonly #shown: string;
  readonly #log: Log;
  #text: string;
  /** Of the file that was looked at last. */
  #stamp = '';
  #tools: PinnedTools;

  /** @throws GateError as {@link readLockFile} */
  constructor(path: string, shown: string, log: Log) {
    this.#path = path;
    this.#shown = shown;
    this.#log = log;
    this.#text = textOf(path, shown);
    this.#tools = toolsIn(this.#text, shown);
  }

  get tools(): PinnedTools {
    return this.#tools;
  }

  /** Takes over a changed file, or says what is wrong with it and keeps what is in force. True where it changed. */
  look(): boolean {
    const stamp = stampOf(this.#path);
    if (stamp === this.#stamp) return false;
    this.#stamp = stamp;
    try {
      const text = textOf(this.#path, this.#shown);
      if (text === this.#text) return false;
      this.#text = text;
      this.#tools = toolsIn(text, this.#shown);
      this.#log.info({ file: this.#shown }, 'lock file reloaded');
      return true;
    } catch (error) {
      const { code } = error as GateError;
      const said = error instanceof GateError ? error.explain() : messageOf(error);
      this.#log.error(
        { code, problem: said },
        'the changed lock file cannot be used; what was read before stays in force',
      );
      return false;
    }
  }
}
