import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { documentLimits } from '../document/yaml.ts';
import { GateError, messageOf } from '../model/errors.ts';
import type { PolicySource } from '../policy/compile.ts';

/** Bounds on what is read at a time, so that a wrong folder can't exhaust the daemon. */
export const policyFileLimits = { files: 2_000, entries: 20_000, bytes: 16_777_216 } as const;

const DOCUMENT = /\.(?:ya?ml|json)$/i;
const SUITE = /_test\.(?:ya?ml|json)$/i;

/** True of the name of a test file, such as `orders_test.yaml`. */
export function isSuiteName(name: string): boolean {
  return SUITE.test(name);
}

/** True of the name or path of a file that is read as a policy: YAML or JSON, but no test file. */
export function isPolicyName(name: string): boolean {
  return DOCUMENT.test(name) && !SUITE.test(name);
}

/** True of the names that are left out: hidden ones, such as the `..data` of Kubernetes, and backups of editors. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name.startsWith('#') || name.endsWith('~');
}

/** A file, read. */
export interface FoundFile extends PolicySource {
  /** Where it really is: the same for every way of naming it. */
  readonly real: string;
}

/**
 * Reads the policy files at a path, which is a folder (searched with its sub-folders) or one file. They come sorted by
 * path, each once. Hidden files and folders, editors' backups and test files are left out. Symbolic links are followed.
 *
 * @param cwd what names in messages are relative to
 * @throws GateError POLICY_UNREADABLE: a path that can't be read, or more than {@link policyFileLimits}
 */
export function readPolicyFiles(path: string, cwd: string = process.cwd()): FoundFile[] {
  return readPolicyPaths([path], cwd);
}

/** The same for several paths; what several of them lead to is read once. */
export function readPolicyPaths(paths: readonly string[], cwd: string): FoundFile[] {
  return new Search(cwd, isPolicyName).read(paths);
}

/**
 * Reads test files: those in folders, those named, and those beside policy files that are named.
 *
 * @throws GateError POLICY_UNREADABLE
 */
export function findSuites(paths: readonly string[], cwd: string = process.cwd()): FoundFile[] {
  const wanted = paths.flatMap((path) => {
    const isFolder = statOf(resolve(cwd, path), path).isDirectory();
    return isFolder || SUITE.test(path) ? [path] : suitesBeside(path, cwd);
  });
  return new Search(cwd, isSuiteName).read(wanted);
}

/**
 * The policy file that a test file is for where it names none: the one of the same name.
 *
 * @returns undefined where there is none
 */
export function policyBeside(suite: string, cwd: string): string | undefined {
  const stem = suite.replace(SUITE, '');
  return ['.yaml', '.yml', '.json']
    .map((end) => stem + end)
    .find((path) => existsSync(resolve(cwd, path)));
}

function suitesBeside(path: string, cwd: string): string[] {
  const stem = path.replace(DOCUMENT, '');
  return ['.yaml', '.yml', '.json']
    .map((end) => `${stem}_test${end}`)
    .filter((suite) => existsSync(resolve(cwd, suite)));
}

class Search {
  readonly #cwd: string;
  readonly #fits: (name: string) => boolean;
  readonly #folders = new Set<string>();
  readonly #files = new Map<string, string>();
  #entries = 0;

  constructor(cwd: string, fits: (name: string) => boolean) {
    this.#cwd = cwd;
    this.#fits = fits;
  }

  read(paths: readonly string[]): FoundFile[] {
    for (const path of paths) {
      const full = resolve(this.#cwd, path);
      if (statOf(full, path).isDirectory()) this.#folder(full);
      else this.#file(full);
    }
    const found = [...this.#files].map(([real, full]) => ({ real, full, file: this.#name(full) }));
    found.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
    let bytes = 0;
    return found.map(({ real, full, file }) => {
      const { size } = statOf(full, file);
      bytes += size;
      if (size > documentLimits.bytes) tooMuch(file, `larger than ${documentLimits.bytes} bytes`);
      if (bytes > policyFileLimits.bytes)
        tooMuch(file, `more than ${policyFileLimits.bytes} bytes`);
      return { real, file, text: attempt(file, () => readFileSync(full, 'utf8')) };
    });
  }

  #folder(full: string): void {
    const real = attempt(full, () => realpathSync(full));
    // A link can lead back to a folder above it.
    if (this.#folders.has(real)) return;
    this.#folders.add(real);
    for (const name of attempt(full, () => readdirSync(full)).sort()) {
      if (++this.#entries > policyFileLimits.entries) {
        tooMuch(this.#name(full), `more than ${policyFileLimits.entries} files and folders`);
      }
      if (isHidden(name)) continue;
      const path = join(full, name);
      if (this.#fits(name)) this.#file(path);
      else if (isFolder(path)) this.#folder(path);
    }
  }

  /** A file that is named as a policy must be one: to leave it out could leave out a rule that blocks. */
  #file(full: string): void {
    const file = this.#name(full);
    const stat = statOf(full, file);
    if (stat.isDirectory()) return this.#folder(full);
    if (!stat.isFile()) throw unreadable(file, 'it is neither a file nor a folder');
    const real = attempt(file, () => realpathSync(full));
    if (!this.#files.has(real)) this.#files.set(real, full);
    if (this.#files.size > policyFileLimits.files) {
      tooMuch(file, `more than ${policyFileLimits.files} files`);
    }
  }

  #name(full: string): string {
    return nameFrom(full, this.#cwd);
  }
}

/** A path as somebody in `cwd` would type it. */
function nameFrom(full: string, cwd: string): string {
  const near = relative(cwd, full);
  return near === '' ? '.' : near.startsWith('../..') || isAbsolute(near) ? full : near;
}

function isFolder(full: string): boolean {
  // What isn't named as a policy may be anything, even a link to nothing.
  return attempt(full, () => statSync(full, { throwIfNoEntry: false }))?.isDirectory() ?? false;
}

function statOf(full: string, name: string) {
  return attempt(name, () => statSync(full));
}

function attempt<Result>(name: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    // Node's message goes on with the system call and the path, which is named already.
    throw unreadable(name, messageOf(error).replace(/, \w+ '.*$/s, ''), error);
  }
}

function tooMuch(name: string, what: string): never {
  throw unreadable(name, what, undefined);
}

function unreadable(name: string, why: string, cause?: unknown): GateError {
  const hint = 'write a first policy with "sallyport init", or name another folder';
  return new GateError('POLICY_UNREADABLE', `cannot read ${name}: ${why}`, { hint, cause });
}
