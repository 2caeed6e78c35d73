import type { YamlEvents } from '../document/events.ts';
import {
  type Compilation,
  type CompiledFile,
  compileFileInSteps,
  linkInSteps,
  type PolicySource,
} from '../policy/compile.ts';
import type { Asked, PolicySet } from '../policy/policy-set.ts';
import { PolicyThread } from './policy-thread.ts';
import { Slices } from './slices.ts';

/** Characters. A longer file is taken apart in a thread, because that can't be done in slices. */
const LARGE = 32_768;

/**
 * Makes a compiler that lets the event loop turn while it works. Files that are as they were the last time are not
 * compiled again, and what comes of it is ready for the messages that the policies before were asked about.
 *
 * @returns rejects with the reason of the signal when that aborts
 */
export function compileAside(): (
  sources: readonly PolicySource[],
  signal?: AbortSignal,
) => Promise<Compilation> {
  const compiler = new Compiler();
  return (sources, signal) => compiler.compile(sources, signal);
}

class Compiler {
  #known: ReadonlyMap<string, CompiledFile> = new Map();
  #last: PolicySet | undefined;
  #asked: Asked = new Map();

  async compile(sources: readonly PolicySource[], signal?: AbortSignal): Promise<Compilation> {
    const slices = new Slices(signal);
    const files = await this.#files(sources, slices, signal);
    const compilation = await slices.run(linkInSteps(files));
    const { policies } = compilation;
    if (policies) {
      await slices.run(policies.prepare(this.#askedLast()));
      this.#last = policies;
    }
    this.#known = new Map(files.map((file) => [file.file, file]));
    return compilation;
  }

  async #files(
    sources: readonly PolicySource[],
    slices: Slices,
    signal: AbortSignal | undefined,
  ): Promise<CompiledFile[]> {
    const large = sources.filter(({ text }) => text.length > LARGE);
    const changed = large.filter((source) => !this.#before(source));
    const thread = changed.length > 0 ? new PolicyThread() : undefined;
    const stop = () => void thread?.stop();
    try {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', stop, { once: true });
      const apart = new Map<PolicySource, Promise<YamlEvents>>();
      if (thread) for (const source of changed) apart.set(source, thread.eventsOf(source.text));
      const files: CompiledFile[] = [];
      for (const source of sources) {
        const events = apart.get(source);
        files.push(
          this.#before(source) ??
            (await slices.run(compileFileInSteps(source, events && (await slices.wait(events))))),
        );
      }
      return files;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
      await thread?.stop();
    }
  }

  #before(source: PolicySource): CompiledFile | undefined {
    const before = this.#known.get(source.file);
    return before?.text === source.text ? before : undefined;
  }

  /** Policies that were compiled and not put in force were asked nothing, so those before them count. */
  #askedLast(): Asked {
    const asked = this.#last?.asked;
    if (asked && asked.size > 0) this.#asked = asked;
    return this.#asked;
  }
}
