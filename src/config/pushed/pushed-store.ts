import { mkdirSync } from 'node:fs';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { GateError, messageOf } from '../../model/errors.ts';

const revisionSchema = z.strictObject({
  revision: z.string().regex(/^[0-9a-f]{12}$/),
  /** SHA-256 of the files. */
  digest: z.string(),
  /** When the bundle was made. */
  createdAt: z.iso.datetime(),
  /** When the gate took it, and from whom: the subject of the token, and its issuer. */
  pushedAt: z.iso.datetime(),
  by: z.string(),
  issuer: z.string(),
  /** Whose signature it has. */
  kid: z.string(),
  files: z.int(),
  note: z.string().optional(),
});
const stateSchema = z.strictObject({
  version: z.literal(1),
  current: z.string().optional(),
  /** `createdAt` of the newest bundle that was ever taken. */
  newest: z.iso.datetime().optional(),
  revisions: z.array(revisionSchema),
});

/** A bundle that was pushed. */
export type PushedRevision = z.infer<typeof revisionSchema>;
/** Which bundles there are, oldest first, and which of them is in force. */
export type PushedState = z.infer<typeof stateSchema>;

const STATE = 'state.json';
const BUNDLE = /^[0-9a-f]{12}\.jws$/;

/**
 * Bundles in a folder, each as it was pushed, and one small file that says which are valid. That file is written last
 * and takes its place as a whole: what a crash leaves beside it counts for nothing.
 */
export class PushedStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws GateError POLICY_UNREADABLE */
  async state(): Promise<PushedState> {
    let text: string;
    try {
      text = await readFile(join(this.#folder, STATE), 'utf8');
    } catch (cause) {
      if (isMissing(cause)) return { version: 1, revisions: [] };
      throw unreadable(STATE, messageOf(cause), cause);
    }
    try {
      return stateSchema.parse(JSON.parse(text));
    } catch (cause) {
      const hint = `restore ${STATE}, or remove it, which forgets all revisions, and push again`;
      throw unreadable(STATE, 'it is not what the gate wrote', cause, hint);
    }
  }

  /** The bundle of a revision. @throws GateError POLICY_UNREADABLE */
  async bundle(revision: string): Promise<Buffer> {
    const name = `${revision}.jws`;
    return readFile(join(this.#folder, name)).catch((cause: unknown) => {
      throw unreadable(name, messageOf(cause), cause);
    });
  }

  /** @throws GateError FILE_UNWRITABLE */
  writeBundle(revision: string, jws: Uint8Array): Promise<void> {
    return this.#write(`${revision}.jws`, jws);
  }

  /** Makes a state the valid one, and removes bundles that it doesn't name. @throws GateError FILE_UNWRITABLE */
  async writeState(state: PushedState): Promise<void> {
    await this.#write(STATE, `${JSON.stringify(state, null, 2)}\n`);
    const known = new Set(state.revisions.map(({ revision }) => `${revision}.jws`));
    const names = await readdir(this.#folder).catch(() => []);
    const left = names.filter((name) => name.endsWith('.new') || isStray(name, known));
    // What stays costs only its room.
    for (const name of left) await rm(join(this.#folder, name)).catch(() => undefined);
  }

  /** Beside, flushed, then renamed; the folder is flushed as well, so that a power cut can't undo it. */
  async #write(name: string, content: Uint8Array | string): Promise<void> {
    const path = join(this.#folder, name);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const file = await open(`${path}.new`, 'w', 0o600);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      const folder = await open(this.#folder, 'r');
      await folder.sync().finally(() => folder.close());
    } catch (cause) {
      // Where the disk is full it would keep it so.
      await rm(`${path}.new`, { force: true }).catch(() => undefined);
      const message = `cannot write ${path}: ${messageOf(cause)}`;
      throw new GateError('FILE_UNWRITABLE', message, { cause });
    }
  }
}

function isStray(name: string, known: ReadonlySet<string>): boolean {
  return BUNDLE.test(name) && !known.has(name);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function unreadable(
  name: string,
  why: string,
  cause: unknown,
  hint = 'push the policies again',
): GateError {
  const message = `cannot read ${name} of the pushed policies: ${why}`;
  return new GateError('POLICY_UNREADABLE', message, { hint, cause });
}
