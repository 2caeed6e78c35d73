import { gateBefore, through } from './gated.ts';
import { type RunningServer, startEverything, startFixture } from './servers.ts';
import { SuiteProxy } from './suite-proxy.ts';

/** What stands between the suite and a server: nothing, or the gate. */
export type Path = 'direct' | 'gate';

/** A server under test, as what it is called in tables. */
export interface Target {
  readonly name: string;
  readonly about: string;
  /** Whether the server is made for a scenario in a revision; extensions have none. */
  serves(scenario: string, revision: string | undefined): boolean;
  /** Whether the gate has to translate for a client of that revision. */
  bridged?(revision: string | undefined): boolean;
  start(): Promise<RunningServer>;
}

const session = ['2025-03-26', '2025-06-18', '2025-11-25'];
const isTask = (scenario: string) => scenario.startsWith('tasks-');

export const targets: readonly Target[] = [
  {
    name: 'v1',
    about: 'fixture on SDK v1: sessions, streams that can be resumed',
    serves: (_scenario, revision) => revision !== undefined && session.includes(revision),
    bridged: (revision) => revision === '2026-07-28',
    start: () => startFixture('v1'),
  },
  {
    name: 'v2',
    about: 'fixture on SDK v2: both eras, Skills extension',
    serves: (scenario, revision) => revision !== undefined || !isTask(scenario),
    start: () => startFixture('v2'),
  },
  {
    name: 'stateless',
    about: 'fixture on SDK v2 that has 2026-07-28 only',
    serves: () => false,
    bridged: (revision) => revision !== undefined && session.includes(revision),
    start: () => startFixture('stateless'),
  },
  {
    name: 'tasks',
    about: 'own fixture of the Tasks extension',
    serves: (scenario, revision) => revision === undefined && isTask(scenario),
    start: () => startFixture('tasks'),
  },
  {
    name: 'everything',
    about: '@modelcontextprotocol/server-everything',
    serves: (_scenario, revision) => revision !== undefined && session.includes(revision),
    start: startEverything,
  },
];

/** Where the suite finds each target, by its name. */
export type Urls = Readonly<Record<Path, ReadonlyMap<string, string>>>;

/** All servers under test, each of them twice: one is reached directly and one through the gate. */
export class TestBed {
  readonly urls: Urls;
  readonly #stops: (() => Promise<void>)[];

  constructor(urls: Urls, stops: (() => Promise<void>)[]) {
    this.urls = urls;
    this.#stops = stops;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.reverse()) await stop();
  }
}

/** Starts the servers, a gate in front of their doubles, and a proxy in front of each. */
export async function startTestBed(chosen: readonly Target[]): Promise<TestBed> {
  const stops: (() => Promise<void>)[] = [];
  const keep = <T extends { stop(): Promise<void> }>(started: T): T => {
    stops.push(() => started.stop());
    return started;
  };
  const direct = new Map<string, string>();
  const gate = new Map<string, string>();
  const bed = new TestBed({ direct, gate }, stops);
  if (chosen.length === 0) return bed;
  try {
    const doubles: Record<string, { url: string }> = {};
    for (const { name, start } of chosen) {
      direct.set(name, keep(await SuiteProxy.start()).forward(keep(await start()).url));
      doubles[name] = { url: keep(await start()).url };
    }
    const proxies = new Map<string, SuiteProxy>();
    for (const { name } of chosen) proxies.set(name, keep(await SuiteProxy.start()));
    const running = keep(await gateBefore(doubles, [...proxies.values()]));
    for (const [name, proxy] of proxies) gate.set(name, await through(running, name, proxy));
    return bed;
  } catch (error) {
    await bed.stop();
    throw error;
  }
}
