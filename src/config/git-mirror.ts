import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { GateError } from '../model/errors.ts';
import type { PolicySource } from '../policy/compile.ts';
import { runGit } from './git-command.ts';
import { policyFilesIn } from './git-tree.ts';
import { policyFileLimits } from './policy-files.ts';

export interface GitRemote {
  /** What git takes as a repository. */
  readonly url: string;
  /** A branch, a tag or a commit. */
  readonly ref: string;
  /** Value of the Authorization header, for https. */
  readonly authorization?: string | undefined;
  /** How long a fetch may take, in milliseconds. */
  readonly timeout: number;
}

/** Lines that `git cat-file --batch` adds to each content. */
const HEADER_BYTES = 128;

/** A bare repository on this machine that holds what was fetched of another. Nothing is ever checked out of it. */
export class GitMirror {
  readonly #folder: string;
  readonly #remote: GitRemote;
  /** Refs of this remote; another URL or ref has others. */
  readonly #refs: string;

  constructor(folder: string, remote: GitRemote) {
    this.#folder = folder;
    this.#remote = remote;
    const key = createHash('sha256').update(JSON.stringify([remote.url, remote.ref]));
    this.#refs = `refs/sallyport/${key.digest('hex').slice(0, 16)}`;
  }

  /**
   * Fetches the newest commit, without its history.
   *
   * @returns its full id
   * @throws GateError POLICY_UNREADABLE
   */
  async fetch(): Promise<string> {
    const { url, ref, timeout, authorization } = this.#remote;
    await this.#init();
    const settings: Record<string, string> = {
      'remote.policies.url': url,
      'gc.auto': '0',
      ...(authorization === undefined
        ? {}
        : { [`http.${url}.extraHeader`]: `Authorization: ${authorization}` }),
    };
    const flags = ['--quiet', '--force', '--no-tags', '--depth=1', '--no-recurse-submodules'];
    const refs = `+${ref}:${this.#refs}/fetched`;
    await this.#git(
      ['fetch', ...flags, '--update-shallow', '--no-write-fetch-head', 'policies', refs],
      {
        ...{ settings, timeout, http: url.startsWith('http://') },
      },
    );
    const commit = await this.#commit('fetched');
    if (commit === undefined) throw unreadable(`${ref} is no commit`);
    return commit;
  }

  /** The commit that came into force last; undefined where none did. */
  async last(): Promise<string | undefined> {
    await this.#init();
    return this.#commit('in-force');
  }

  /** Remembers a commit as the one in force, and lets go of what is no longer needed. */
  async keep(commit: string): Promise<void> {
    await this.#git(['update-ref', `${this.#refs}/in-force`, commit]);
    const settings = { 'gc.auto': '200', 'gc.autoPackLimit': '20', 'gc.autoDetach': 'false' };
    await this.#git(['gc', '--auto', '--quiet', '--prune=now'], { settings });
  }

  /**
   * The policy files of a folder of a commit, named by their path in the repository.
   *
   * @throws GateError POLICY_UNREADABLE
   */
  async files(commit: string, path: string): Promise<PolicySource[]> {
    const isWhole = path === '' || path === '.';
    const tree = isWhole ? `${commit}^{tree}` : `${commit}:${path}`;
    const isFolder = await this.#git(['cat-file', '-t', tree]).then(
      (type) => type.toString('utf8').trim() === 'tree',
      () => false,
    );
    if (!isFolder) {
      const hint = 'name the folder with the policies in policies.path';
      throw unreadable(`the commit has no folder ${path}`, hint);
    }
    const listing = await this.#git(['ls-tree', '-r', '-z', '--long', '--full-tree', tree]);
    const found = policyFilesIn(listing.toString('utf8'));
    const texts = await this.#contents(found.map(({ id }) => id));
    return found.map((file, index) => ({
      file: isWhole ? file.path : `${path}/${file.path}`,
      text: texts[index] ?? '',
    }));
  }

  async #contents(ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const input = `${ids.join('\n')}\n`;
    const bytes = policyFileLimits.bytes + ids.length * HEADER_BYTES;
    const output = await this.#git(['cat-file', '--batch'], { input, bytes });
    let at = 0;
    return ids.map(() => {
      const head = output.indexOf(10, at);
      const size = Number(/ blob (\d+)$/.exec(output.toString('latin1', at, head))?.[1]);
      if (head === -1 || Number.isNaN(size)) throw unreadable('the local copy lacks a file');
      at = head + 1 + size + 1;
      return output.toString('utf8', head + 1, head + 1 + size);
    });
  }

  async #init(): Promise<void> {
    try {
      mkdirSync(this.#folder, { recursive: true });
    } catch (cause) {
      throw unreadable(`the folder ${this.#folder} cannot be made`, 'set policies.mirror', cause);
    }
    // On a repository that is there already it changes nothing.
    await runGit(['init', '--bare', '--quiet', '--template=', this.#folder]);
  }

  async #commit(name: string): Promise<string | undefined> {
    const id = `${this.#refs}/${name}^{commit}`;
    const found = await this.#git(['rev-parse', '--verify', '--quiet', id]).catch(() => undefined);
    return found?.toString('utf8').trim();
  }

  #git(args: readonly string[], run: Parameters<typeof runGit>[1] = {}): Promise<Buffer> {
    return runGit([`--git-dir=${this.#folder}`, ...args], run);
  }
}

function unreadable(why: string, hint?: string, cause?: unknown): GateError {
  return new GateError('POLICY_UNREADABLE', why, { ...(hint && { hint }), cause });
}
