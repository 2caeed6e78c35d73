import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Findings, type Outcome } from './outcome.ts';
import { type Case, CLIENT, casesOf, isLeftOut, type Job, jobsOf, type Selection } from './plan.ts';
import { invoke, listScenarios } from './suite.ts';
import { differencesOf, tablesOf, verdictOf } from './table.ts';
import { startTestBed, targets } from './targets.ts';

const usage = `npm run conformance [-- OPTION…]

Runs the official MCP conformance suite against real servers, directly and through the gate, and against real clients,
directly and with the gate in between. Exit code: 0 nothing is worse through the gate, 1 something is, 2 wrong use.

  --only SCENARIO   one scenario (its name in the suite)
  --revision R      one revision, or "extension"
  --json FILE       every check of every run, as JSON
  --bridge          call servers of the other era through the gate, too (there is nothing to compare with)
  --help
`;

/** Runs of the suite at a time: they mostly wait. */
const PARALLEL = 3;
/** So many cases that are worse are run again, each alone. */
const AGAIN = 10;

/** Runs the suite as the options say and prints what it found. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      ...{ only: { type: 'string' }, revision: { type: 'string' }, json: { type: 'string' } },
      ...{ bridge: { type: 'boolean' }, help: { type: 'boolean' } },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const all = await listScenarios();
  const named = all.filter(({ name }) => values.only === undefined || name === values.only);
  const chosen = named.filter((scenario) => !isLeftOut(scenario));
  const cases = casesOf(chosen, targets, values);
  if (cases.length === 0) {
    process.stderr.write(`no scenario is left by these options\n\n${usage}`);
    return 2;
  }
  const outcomes = await outcomesOf(cases, values);
  report(outcomes, named.length - chosen.length);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(outcomes, null, 2));
  return outcomes.some(({ worse }) => worse.length > 0) ? 1 : 0;
}

async function outcomesOf(cases: readonly Case[], selection: Selection): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-conformance-'));
  // However the run ends.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const names = new Set(cases.map(({ target }) => target));
  const bed = await startTestBed(targets.filter(({ name }) => names.has(name)));
  try {
    const findings = new Findings();
    await runAll(jobsOf(cases, bed.urls, selection), findings, join(folder, '1'), PARALLEL);
    const outcomes = cases.map((of) => findings.outcome(of));
    const worse = outcomes.filter((outcome) => outcome.worse.length > 0);
    if (worse.length === 0 || worse.length > AGAIN) return outcomes;
    // Some checks measure time, which a busy machine spoils: those that fail do so alone, too.
    for (const [index, { scenario, ...of }] of worse.entries()) {
      const jobs = jobsOf([{ ...of, scenario }], bed.urls, { only: scenario });
      await runAll(jobs, findings, join(folder, '2', String(index)), 1);
    }
    return outcomes.map((of) => (of.worse.length > 0 ? findings.outcome(of, true) : of));
  } finally {
    await bed.stop();
  }
}

async function runAll(
  jobs: readonly Job[],
  findings: Findings,
  folder: string,
  parallel: number,
): Promise<void> {
  const queue = jobs.entries();
  const work = async () => {
    for (const [index, job] of queue) {
      findings.add(job, await invoke({ ...job, folder: join(folder, String(index)) }));
      process.stderr.write(`${index + 1}/${jobs.length} ${titleOf(job)}\n`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

function titleOf({ target, path, scenario, revision }: Job): string {
  return [target, path, revision, scenario].filter((part) => part !== undefined).join(' ');
}

function report(outcomes: readonly Outcome[], leftOut: number): void {
  const about = new Map([
    ...targets.map((target) => [target.name, target.about] as const),
    [CLIENT, 'SDK clients (v1 in the session era, v2 in 2026-07-28), with the gate in between'],
  ]);
  const differences = differencesOf(outcomes);
  process.stdout.write(`Checks passed: direct / through the gate (F failed, W warned)\n\n`);
  process.stdout.write(`${tablesOf(outcomes, about)}\n`);
  if (leftOut > 0) {
    process.stdout.write(
      `Left out: ${leftOut} scenarios auth/* (a client's OAuth; not about a proxy)\n`,
    );
  }
  if (differences !== '') process.stdout.write(`\nWorse through the gate:\n${differences}\n`);
  process.stdout.write(`\n${verdictOf(outcomes)}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main().catch((error: unknown) => {
  const wrongUse = error instanceof TypeError && 'code' in error;
  process.stderr.write(wrongUse ? `${error.message}\n\n${usage}` : `${error}\n`);
  return 2;
});
