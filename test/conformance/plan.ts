import { fileURLToPath } from 'node:url';
import type { Invocation, Scenario } from './suite.ts';
import type { Path, Target, Urls } from './targets.ts';

/** What stands in tables for the revision of a protocol extension. */
export const EXTENSION = 'extension';
/** What stands in tables for a target where our client is what is tested. */
export const CLIENT = 'client';

/** One scenario of one revision, to be run both ways. */
export interface Case {
  readonly target: string;
  readonly scenario: string;
  readonly revision: string;
  /** The server is of the other era, so that there is nothing to compare what comes through the gate with. */
  readonly bridged: boolean;
}

/** One run of the suite, for one or many cases. */
export interface Job extends Omit<Invocation, 'folder'> {
  readonly target: string;
  readonly path: Path;
}

export interface Selection {
  /** Whether servers of the other era are called too. */
  readonly bridge?: boolean | undefined;
  readonly only?: string | undefined;
  readonly revision?: string | undefined;
}

const client = fileURLToPath(new URL('./client/main.ts', import.meta.url));

/** Scenarios of OAuth concern a client and its authorization server: the gate is neither. */
export const isLeftOut = ({ role, name }: Scenario) =>
  role === 'client' && name.startsWith('auth/');

/** Every case that a selection has. */
export function casesOf(
  scenarios: readonly Scenario[],
  targets: readonly Target[],
  { revision: chosen, bridge = false }: Selection,
): Case[] {
  return scenarios.flatMap(({ role, name, revisions }) => {
    const all = revisions.length === 0 ? [EXTENSION] : revisions;
    const among = all.filter((revision) => chosen === undefined || revision === chosen);
    return among.flatMap((revision) => {
      const known = revision === EXTENSION ? undefined : revision;
      const of = { scenario: name, revision, bridged: false };
      if (role === 'client') return [{ ...of, target: CLIENT }];
      return targets.flatMap(({ name: target, serves, bridged: isBridged = () => false }) => {
        if (serves(name, known)) return [{ ...of, target }];
        return bridge && isBridged(known) ? [{ ...of, target, bridged: true }] : [];
      });
    });
  });
}

/** The runs that cover some cases: whole revisions at once where nothing is singled out, as starting the suite costs most. */
export function jobsOf(cases: readonly Case[], urls: Urls, { only }: Selection): Job[] {
  const jobs = new Map<string, Job>();
  for (const { target, scenario, revision, bridged } of cases) {
    const alone = only !== undefined || target === CLIENT || revision === EXTENSION;
    const paths = bridged ? (['gate'] as const) : (['direct', 'gate'] as const);
    for (const path of paths) {
      const key = [target, path, revision, alone ? scenario : ''].join(' ');
      jobs.set(key, {
        ...{ target, path, role: target === CLIENT ? 'client' : 'server' },
        scenario: alone ? scenario : undefined,
        revision: revision === EXTENSION ? undefined : revision,
        tested: target === CLIENT ? commandOf(path) : (urls[path].get(target) ?? ''),
      });
    }
  }
  // What takes long first.
  return [...jobs.values()].sort(
    (a, b) => Number(a.scenario !== undefined) - Number(b.scenario !== undefined),
  );
}

function commandOf(path: Path): string {
  return [process.execPath, client, ...(path === 'gate' ? ['--gate'] : [])].join(' ');
}
