import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import { readPolicyPaths } from '../../config/policy-files.ts';
import { GateError } from '../../model/errors.ts';
import type { PolicySource } from '../../policy/compile.ts';

/**
 * The policy files at paths, with the names that they have in a bundle: as one would type them in `cwd`, or where they
 * are elsewhere, from the folder that was named.
 *
 * @throws GateError POLICY_UNREADABLE
 */
export function bundleFiles(paths: readonly string[], cwd: string): PolicySource[] {
  const found = readPolicyPaths(paths, cwd);
  if (found.length === 0) {
    throw new GateError('POLICY_UNREADABLE', `no policy files in ${paths.join(', ')}`);
  }
  return found.map(({ file, text }) => ({ file: nameOf(file, paths, cwd), text }));
}

function nameOf(file: string, paths: readonly string[], cwd: string): string {
  const isInside = !isAbsolute(file) && !file.startsWith('..');
  const name = isInside ? file : belowPath(resolve(cwd, file), paths, cwd);
  return name.split(sep).join('/');
}

function belowPath(full: string, paths: readonly string[], cwd: string): string {
  for (const path of paths) {
    const root = resolve(cwd, path);
    const below = relative(root, full);
    if (below === '') return basename(full);
    if (!below.startsWith('..') && !isAbsolute(below)) return `${basename(root)}/${below}`;
  }
  return basename(full);
}
