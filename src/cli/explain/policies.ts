import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readPolicyPaths } from '../../config/policy-files.ts';
import type { PolicyReading } from '../../config/policy-origin.ts';
import { GateError } from '../../model/errors.ts';
import { compilePolicies } from '../../policy/compile.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { seeHelp } from '../report.ts';
import type { Terminal } from '../verb.ts';
import { configuredPolicies } from './configured-policies.ts';

/** Which policies are meant. */
export interface PoliciesAsked {
  /** Files and folders; none: what the configuration names, or else the folder `policies`. */
  readonly paths: readonly string[];
  readonly config: string;
  /** Fetches the repository first, where policies come from one. */
  readonly fetch: boolean;
}

/** Policies that compiled. */
export interface ReadPolicies {
  readonly policies: PolicySet;
  /** As the gate calls it. */
  readonly revision: string;
  /** Where they are from, for people. */
  readonly from: string;
  /** The same as a line of its own: a path says whether it is a folder. */
  readonly place: string;
}

/** Digits of a commit that people are shown. */
const SHORT = 12;
const FOLDER = 'policies';

/**
 * Reads and compiles policies, as they are on this machine.
 *
 * @throws GateError USAGE; CONFIG_INVALID, CONFIG_UNREADABLE; POLICY_UNREADABLE; POLICY_INVALID with every problem
 */
export async function readPolicies(
  { paths, config, fetch }: PoliciesAsked,
  terminal: Terminal,
): Promise<ReadPolicies> {
  if (paths.length > 0) {
    if (fetch) throw usage('--fetch goes with the policies of the configuration, not --policies');
    return compiled(inFolders(paths, terminal.cwd));
  }
  const configured = configuredPolicies(config, fetch, terminal);
  if (!configured || 'directory' in configured) {
    if (fetch) throw usage('--fetch is for policies in Git');
    return compiled(inFolders([configured?.directory ?? FOLDER], terminal.cwd));
  }
  if (fetch && configured.kind !== 'git') throw usage('--fetch is for policies in Git');
  const origin = await configured.open();
  const local = fetch || !origin.local ? origin.read() : origin.local();
  const reading = await local;
  if (!reading) throw nothing(configured.kind, origin.source);
  return compiled({ ...reading, ...textOf(reading) });
}

type Found = Pick<PolicyReading, 'files' | 'revision'> & Pick<ReadPolicies, 'from' | 'place'>;

function inFolders(paths: readonly string[], cwd: string): Found {
  const files = readPolicyPaths(paths, cwd);
  const from = paths.join(', ');
  if (files.length === 0) throw new GateError('POLICY_UNREADABLE', `no policy files in ${from}`);
  const place = paths.map((path) => {
    return `${statSync(resolve(cwd, path)).isDirectory() ? 'folder' : 'file'} ${path}`;
  });
  return { files, from, place: place.join(', ') };
}

function compiled({ files, revision, from, place }: Found): ReadPolicies {
  const { policies, problems } = compilePolicies(files);
  if (policies) return { policies, revision: revision ?? policies.revision, from, place };
  const errors = problems.filter(({ severity }) => severity === 'error');
  const message = `the policies in ${from} have errors`;
  throw new GateError('POLICY_INVALID', message, { problems: errors });
}

function textOf(reading: PolicyReading): Pick<ReadPolicies, 'from' | 'place'> {
  const from = sourceText(reading);
  return { from, place: from };
}

function sourceText({ source }: PolicyReading): string {
  const { kind, url, path, commit = '', state, directory, by, pushedAt } = source;
  if (kind !== 'git') return `pushed to ${directory} by ${by}, ${pushedAt}`;
  const last = state === undefined ? 'fetched now' : `${state} last`;
  return `${path} of ${url}, commit ${commit.slice(0, SHORT)}, ${last}`;
}

function nothing(kind: 'git' | 'pushed', source: PolicyReading['source']): GateError {
  const [message, hint] =
    kind === 'git'
      ? [`nothing of ${source.url} was fetched yet`, '--fetch fetches it']
      : [`nothing was pushed to ${source.directory} yet`, 'name files with --policies'];
  return new GateError('POLICY_UNREADABLE', message, { hint });
}

function usage(message: string): GateError {
  return new GateError('USAGE', message, { hint: seeHelp('explain') });
}
