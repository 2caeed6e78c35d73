import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Exit, Verb } from '../../src/cli/verb.ts';

/** A folder of its own, in which verbs run. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'sallyport-cli-'));

  write(files: Readonly<Record<string, string>>): this {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
    return this;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

export interface Ran {
  readonly code: Exit;
  readonly out: string;
  readonly err: string;
}

/** Runs a verb and gives what it printed. */
export function run(verb: Verb, cwd: string, ...args: string[]): Promise<Ran> {
  return runOn([], verb, cwd, ...args);
}

/** The same with something on standard input, in these pieces. */
export async function runOn(
  input: readonly (string | Uint8Array)[],
  verb: Verb,
  cwd: string,
  ...args: string[]
): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await verb.run(args, {
    input: (async function* () {
      for (const piece of input) yield Buffer.from(piece as string);
    })(),
    drained: () => undefined,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    colour: false,
    cwd,
    env: {},
    signal: new AbortController().signal,
  });
  return { code, out, err };
}
