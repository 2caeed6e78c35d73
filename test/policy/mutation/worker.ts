import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { type Mutant, mutated } from './mutants.ts';
import type * as standIn from './stand-in.ts';

/** What a worker is asked: to run these test files with this mutant in place, or without any. */
export interface Order {
  readonly mutant?: Mutant;
  readonly tests: readonly string[];
  /** Names of tests that fail without a mutant as well. */
  readonly skip: readonly string[];
}

export interface Report {
  /** The tests that failed: the first one alone, where there is a mutant. */
  readonly failed: readonly string[];
}

const root = new URL('../../..', import.meta.url).href;
const standInUrl = new URL('./stand-in.ts', import.meta.url).href;
/** What no mutant is in and what loads none, so that it is loaded once. */
const below = new RegExp(
  `^${root}(?:${[
    'src/(?:model|mask|document)/',
    'src/policy/subject\\.ts',
    'test/policy/reference/(?!compare)',
    'test/support/policy-',
    'test/policy/mutation/[a-z-]+\\.ts$',
  ].join('|')})`,
);
const stripped = new Map<string, string>();
let round = 0;
let mutant: Mutant | undefined;

registerHooks({
  resolve(specifier, context, next) {
    const wanted = specifier === 'vitest' && context.parentURL !== standInUrl;
    if (wanted) return { url: standInUrl, shortCircuit: true };
    const resolved = next(specifier, context);
    const ours = resolved.url.startsWith(root) && !resolved.url.includes('/node_modules/');
    if (!ours || below.test(resolved.url)) return resolved;
    return { ...resolved, url: `${resolved.url.replace(/\?.*$/, '')}?round=${round}` };
  },
  load(url, context, next) {
    if (!url.includes('?round=')) return next(url, context);
    const file = fileURLToPath(url.replace(/\?.*$/, ''));
    return { format: 'module', source: sourceOf(file), shortCircuit: true };
  },
});

function sourceOf(file: string): string {
  if (mutant && file.endsWith(mutant.file)) {
    return stripTypeScriptTypes(mutated(readFileSync(file, 'utf8'), mutant));
  }
  const known = stripped.get(file) ?? stripTypeScriptTypes(readFileSync(file, 'utf8'));
  stripped.set(file, known);
  return known;
}

async function run(order: Order): Promise<Report> {
  round++;
  mutant = order.mutant;
  // Mutants are many; a few random values each will do.
  fc.configureGlobal({ numRuns: 40, seed: 7 });
  const { taken } = (await import(standInUrl)) as typeof standIn;
  const failed: string[] = [];
  for (const file of order.tests) {
    const tests = await load(file, taken);
    for (const { name, run } of tests) {
      if (order.skip.includes(name)) continue;
      try {
        await run();
      } catch {
        failed.push(name);
        if (mutant) return { failed };
      }
    }
  }
  return { failed };
}

/** The tests of a file; one that fails where the file can't even be loaded. */
async function load(
  file: string,
  taken: (typeof standIn)['taken'],
): Promise<readonly standIn.Test[]> {
  taken();
  try {
    await import(pathToFileURL(file).href);
    return taken();
  } catch (error) {
    return [{ name: file, run: () => Promise.reject(error) }];
  }
}

process.on('message', (order: Order) => {
  void run(order).then((report) => process.send?.(report));
});
process.on('disconnect', () => process.exit());
