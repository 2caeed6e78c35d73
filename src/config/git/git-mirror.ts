import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GateError } from '../../model/errors.ts';
import type { PolicySource } from '../../policy/compile.ts';
import { policyFileLimits } from '../policy-files.ts';
import { type GitRun, runGit } from './git-command.ts';
import { policyFilesIn } from './git-tree.ts';

export interface GitRemote {
  /** What git takes as a repository. */
  readonly url: string;
  /** A branch, a tag, a commit, or a whole name such as `refs/heads/main`. */
  readonly ref: string;
  /** Value of the Authorization header, for https. */
  readonly authorization?: string | undefined;
  /** How long a fetch may take, in milliseconds. */
  readonly timeout: number;
}

/** Lines that `git cat-file --batch` adds to each content. */
const HEADER_BYTES = 128;
/** Age, in milliseconds, at which what a git left behind is nobody's any more: none runs that long. */
const LEFT_BEHIND = 600_000;
/** A ref that can't be taken for another one. */
const WHOLE = /^(?:HEAD|refs\/.+|[0-9a-f]{40}|[0-9a-f]{64})$/;

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
    await this.#clean();
    await this.#init();
    const settings: Record<string, string> = {
      'remote.policies.url': url,
      'gc.auto': '0',
      ...(authorization === undefined
        ? {}
        : { [`http.${url}.extraHeader`]: `Authorization: ${authorization}` }),
    };
    const run = { settings, timeout, http: url.startsWith('http://') };
    const flags = ['--quiet', '--force', '--no-tags', '--depth=1', '--no-recurse-submodules'];
    const refs = `+${await this.#whole(run)}:${this.#refs}/fetched`;
    await this.#git(
      ['fetch', ...flags, '--update-shallow', '--no-write-fetch-head', 'policies', refs],
      run,
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

  /**
   * The commits that are here, for whoever only looks: the folder is not made where there is none.
   *
   * @throws GateError POLICY_UNREADABLE
   */
  async local(): Promise<{ readonly inForce?: string; readonly fetched?: string }> {
    if (!existsSync(join(this.#folder, 'HEAD'))) return {};
    // Tells a copy that can't be read from one that lacks a commit.
    await this.#git(['for-each-ref', '--count=1']);
    const [inForce, fetched] = [await this.#commit('in-force'), await this.#commit('fetched')];
    return { ...(inForce && { inForce }), ...(fetched && { fetched }) };
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

  /**
   * The whole name of the ref. Git would take a tag before a branch of the same name, and often more people may make
   * tags than may push to the branch.
   */
  async #whole(run: GitRun): Promise<string> {
    const { ref } = this.#remote;
    if (WHOLE.test(ref)) return ref;
    const wanted = [`refs/heads/${ref}`, `refs/tags/${ref}`];
    const said = await this.#git(['ls-remote', '--quiet', '--refs', 'policies', ...wanted], run);
    const names = said
      .toString('utf8')
      .split('\n')
      .flatMap((line) => line.split('\t')[1] ?? []);
    const [name, another] = wanted.filter((one) => names.includes(one));
    if (name === undefined) throw unreadable(`there is no branch and no tag ${ref}`);
    if (another === undefined) return name;
    const hint = `write which one in policies.ref: ${wanted.join(' or ')}`;
    throw unreadable(`there are a branch and a tag ${ref}`, hint);
  }

  /** Removes what a git that was killed has left: locks, at which every later one would stop, and halves of packs. */
  async #clean(): Promise<void> {
    for (const folder of ['.', this.#refs, 'objects/pack']) {
      const names = await readdir(join(this.#folder, folder)).catch(() => []);
      for (const name of names.filter((one) => /^tmp_|\.lock$/.test(one))) {
        const path = join(this.#folder, folder, name);
        const found = await stat(path).catch(() => undefined);
        if (!found || Date.now() - found.mtimeMs < LEFT_BEHIND) continue;
        // What can't be removed is told of by git.
        await rm(path, { recursive: true }).catch(() => undefined);
      }
    }
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

  #git(args: readonly string[], run: GitRun = {}): Promise<Buffer> {
    return runGit([`--git-dir=${this.#folder}`, ...args], run);
  }
}

function unreadable(why: string, hint?: string, cause?: unknown): GateError {
  return new GateError('POLICY_UNREADABLE', why, { ...(hint && { hint }), cause });
}
