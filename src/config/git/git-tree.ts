import { documentLimits } from '../../document/yaml.ts';
import { GateError } from '../../model/errors.ts';
import { isHidden, isPolicyName, policyFileLimits } from '../policy-files.ts';

/** A policy file in a commit. */
export interface TreeFile {
  /** Below the folder that was listed. */
  readonly path: string;
  /** Name of its content. */
  readonly id: string;
}

const ENTRY = /^(\d{6}) (blob|commit|tree) ([0-9a-f]{40,64}) +(\d+|-)\t(.*)$/s;

/**
 * The policy files in what `git ls-tree -r -z --long` says, sorted by path. What a folder on disk would leave out is
 * left out here.
 *
 * @throws GateError POLICY_UNREADABLE: links and submodules, names that no folder could have, or more than
 *   {@link policyFileLimits}
 */
export function policyFilesIn(listing: string): TreeFile[] {
  const lines = listing.split('\0').filter((line) => line !== '');
  if (lines.length > policyFileLimits.entries)
    refuse(`more than ${policyFileLimits.entries} files`);
  let bytes = 0;
  const files = lines.flatMap((line) => {
    const [, mode = '', , id = '', size = '', path = ''] =
      ENTRY.exec(line) ?? refuse('git listed a strange entry');
    refuseName(path);
    if (path.split('/').some(isHidden)) return [];
    refuseKind(mode, path);
    if (!isPolicyName(path)) return [];
    if (Number(size) > documentLimits.bytes) {
      refuse(`${path} is larger than ${documentLimits.bytes} bytes`);
    }
    bytes += Number(size);
    return [{ path, id }];
  });
  if (files.length > policyFileLimits.files) refuse(`more than ${policyFileLimits.files} policies`);
  if (bytes > policyFileLimits.bytes) refuse(`more than ${policyFileLimits.bytes} bytes`);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Only a tree that was made by hand has such names. */
function refuseName(path: string): void {
  const isOdd = path.split('/').some((part) => part === '' || part === '.' || part === '..');
  if (isOdd || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(path))
    refuse(`the name ${JSON.stringify(path)} cannot be that of a file`);
}

/** What it leads to may hold a rule that blocks, and is not in the commit. */
function refuseKind(mode: string, path: string): void {
  if (mode === '120000') {
    refuse(`${path} is a symbolic link`, 'put the file itself there');
  }
  if (mode === '160000') {
    refuse(`${path} is a submodule`, 'put its files there, or name its repository');
  }
}

function refuse(why: string, hint?: string): never {
  throw new GateError('POLICY_UNREADABLE', why, hint === undefined ? {} : { hint });
}
