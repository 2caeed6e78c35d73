import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { YamlEvents } from '../document/events.ts';
import {
  type Compilation,
  type CompiledFile,
  compilePoliciesInSteps,
  type PolicySource,
} from '../policy/compile.ts';

/** Milliseconds of work between two turns of the event loop. */
const SLICE = 6;
/** Characters. A longer file is taken apart in a thread, because that can't be done in slices. */
const LARGE = 65_536;

/**
 * Makes a compiler that lets the event loop turn while it works. Files that are as they were the last time are not
 * compiled again.
 *
 * @returns rejects with the reason of the signal when that aborts
 */
export function compileAside(): (
  sources: readonly PolicySource[],
  signal?: AbortSignal,
) => Promise<Compilation> {
  let known: ReadonlyMap<string, CompiledFile> = new Map();
  const compiled = (source: PolicySource) => {
    const before = known.get(source.file);
    return before?.text === source.text ? before : undefined;
  };
  return async (sources, signal) => {
    const large = sources.filter((one) => one.text.length > LARGE && !compiled(one));
    const apart = await takeApart(large, signal);
    const now = new Map<string, CompiledFile>();
    const steps = compilePoliciesInSteps(sources, {
      compiled,
      events: (source) => apart.get(source),
      keep: (file) => now.set(file.file, file),
    });
    const compilation = await inSlices(steps, signal);
    known = now;
    return compilation;
  };
}

async function inSlices<Result>(
  steps: Generator<void, Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  for (;;) {
    const start = performance.now();
    do {
      const { done, value } = steps.next();
      if (done) return value;
    } while (performance.now() - start < SLICE);
    await turn(undefined, { signal });
  }
}

async function takeApart(
  sources: readonly PolicySource[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<PolicySource, YamlEvents>> {
  const apart = new Map<PolicySource, YamlEvents>();
  if (sources.length === 0) return apart;
  signal?.throwIfAborted();
  const worker = new Worker(workerUrl());
  const stop = () => void worker.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (const source of sources) apart.set(source, await eventsOf(source.text, worker));
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
  return apart;
}

async function eventsOf(text: string, worker: Worker): Promise<YamlEvents> {
  const { promise, resolve, reject } = Promise.withResolvers<YamlEvents>();
  const failed = (error: unknown) => reject(error);
  const ended = () => reject(new Error('the thread that reads policies has ended'));
  worker.once('message', resolve).once('error', failed).once('exit', ended);
  worker.postMessage(text);
  try {
    return await promise;
  } finally {
    worker.off('message', resolve).off('error', failed).off('exit', ended);
  }
}

/** The thread's module beside this file: a source while developing, its compiled twin in the package. */
function workerUrl(): URL {
  const name = import.meta.url.endsWith('.ts') ? './policy-worker.ts' : './policy-worker.js';
  return new URL(name, import.meta.url);
}
