import { resolve } from 'node:path';
import { DirectoryOrigin } from './directory-origin.ts';
import { GitOrigin } from './git/git-origin.ts';
import type { PolicyOrigin } from './policy-origin.ts';
import { publicKey } from './pushed/push-key.ts';
import { PushedOrigin } from './pushed/pushed-origin.ts';
import { PushedStore } from './pushed/pushed-store.ts';
import type { PoliciesConfig } from './schema.ts';

/**
 * Where the configuration says that policies come from.
 *
 * @param base what relative paths start from
 * @throws GateError CONFIG_INVALID: a key that can't be used
 */
export async function openOrigin(config: PoliciesConfig, base: string): Promise<PolicyOrigin> {
  const at = (path: string) => resolve(base, path);
  if ('git' in config) {
    const { git, mirror } = config;
    return new GitOrigin({ ...config, git: isPath(git) ? at(git) : git, mirror: at(mirror) });
  }
  if ('pushed' in config) {
    const { directory, keys, keep } = config.pushed;
    const known = await Promise.all(keys.map((key) => publicKey(key, at)));
    return new PushedOrigin(directory, new PushedStore(at(directory)), known, keep);
  }
  return new DirectoryOrigin(at(config.directory), config.poll);
}

/** True of what is neither a URL nor `HOST:PATH` (git-fetch, "Git URLs"). */
function isPath(remote: string): boolean {
  return !/^[^/]*:/.test(remote);
}
