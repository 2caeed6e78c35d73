import { availableParallelism } from 'node:os';
import type { Masked } from '../mask/mask.ts';
import type { ChangedPlaces } from '../mask/place/changed-places.ts';
import { GateError, messageOf } from '../model/errors.ts';
import { type Json, parseJson } from '../model/json.ts';
import type { Frame, Message } from '../model/message.ts';
import type { Log } from '../model/seams.ts';
import type { Fit } from '../pipeline/carried.ts';
import type { AsideMasked, MaskAside } from '../pipeline/stages/mask-aside.ts';
import type { FrameMasks } from '../pipeline/stages/mask-frame.ts';
import { MaskThread, ThreadFailure } from './mask-thread.ts';
import type { MaskWork, MaskWorkDone } from './mask-work.ts';
import { patched } from './patch.ts';
import { toPlain } from './plain-masks.ts';

export interface MaskPoolOptions {
  readonly log: Log;
  /** Threads, at most; they begin when they are needed. Left out: one for each core but one, up to four. */
  readonly threads?: number;
  /** Milliseconds that one message may take. */
  readonly deadline?: number;
  /** Milliseconds that a message may wait for a thread. */
  readonly patience?: number;
  /** Characters that may wait for a thread together. */
  readonly room?: number;
  /** What a thread runs; left out: what masks. */
  readonly script?: URL;
}

const MOST_THREADS = 4;
const DEADLINE = 30_000;
const PATIENCE = 60_000;
const ROOM = 134_217_728;

interface Waiting {
  readonly work: MaskWork;
  readonly isOver: () => boolean;
  readonly done: PromiseWithResolvers<MaskWorkDone>;
  readonly late: NodeJS.Timeout;
}

/** What masks did, and where. */
interface News extends Pick<Masked, 'reports' | 'tokens'> {
  readonly patch: Json;
  readonly fit?: Fit;
  readonly changed: ChangedPlaces;
}

/**
 * Threads that mask large messages, the one that came first first. What can't be masked is refused: a thread that takes
 * too long or dies is replaced, and its message doesn't pass.
 */
export class MaskPool implements MaskAside {
  readonly #log: Log;
  readonly #most: number;
  readonly #deadline: number;
  readonly #patience: number;
  readonly #room: number;
  readonly #script: URL | undefined;
  readonly #threads = new Set<MaskThread>();
  readonly #idle: MaskThread[] = [];
  readonly #queue: Waiting[] = [];
  #waitingCharacters = 0;
  #closed = false;

  constructor(options: MaskPoolOptions) {
    this.#log = options.log;
    this.#most = options.threads ?? usualThreads();
    this.#deadline = options.deadline ?? DEADLINE;
    this.#patience = options.patience ?? PATIENCE;
    this.#room = options.room ?? ROOM;
    this.#script = options.script;
  }

  async mask(
    frame: Frame,
    text: string,
    how: FrameMasks,
    isOver: () => boolean,
  ): Promise<AsideMasked> {
    const work = { text, direction: frame.direction, how: toPlain(how) };
    const done = await this.#enqueue(work, isOver);
    const read: Json = done.isPlain ? JSON.parse(done.news) : parseJson(done.news);
    const { patch, ...did } = read as unknown as News;
    const message = frame.message as unknown as Json;
    const changed = patch === null ? message : patched(message, patch);
    const masked = { ...frame, message: changed as unknown as Message };
    const { source: _, ...unwritten } = masked;
    return {
      ...did,
      frame: (done.text === undefined ? unwritten : { ...masked, source: done.text }) as Frame,
      ...(done.kept && { kept: done.kept }),
    };
  }

  /** Begins a thread, so that the first large message need not wait for that. */
  warm(): void {
    if (!this.#closed && this.#threads.size === 0) this.#idle.push(this.#begin());
  }

  /** What waits is refused, what runs is stopped. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#queue.splice(0)) this.#refuse(waiting, stopping());
    await Promise.all([...this.#threads].map((thread) => thread.stop()));
  }

  #enqueue(work: MaskWork, isOver: () => boolean): Promise<MaskWorkDone> {
    if (this.#closed) throw stopping();
    const { length } = work.text;
    // One that is alone may wait, however long it is: the gate has its own limit for messages.
    if (this.#queue.length > 0 && this.#waitingCharacters + length > this.#room) {
      throw busy('too many large messages wait to be masked');
    }
    const done = Promise.withResolvers<MaskWorkDone>();
    const late = setTimeout(() => {
      this.#queue.splice(this.#queue.indexOf(waiting), 1);
      this.#refuse(waiting, busy('no thread was free in time to mask a large message'));
    }, this.#patience);
    const waiting: Waiting = { work, isOver, done, late };
    this.#queue.push(waiting);
    this.#waitingCharacters += length;
    this.#next();
    return done.promise;
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const over = this.#queue[0]?.isOver() ?? false;
      const thread = over ? undefined : this.#free();
      if (!over && !thread) return;
      const waiting = this.#queue.shift() as Waiting;
      if (thread) void this.#run(thread, waiting);
      else this.#refuse(waiting, failed('nobody waits for it'));
    }
  }

  /** A thread without work, begun where there may be one more. */
  #free(): MaskThread | undefined {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (!idle.ended) return idle;
      this.#threads.delete(idle);
    }
    return this.#threads.size < this.#most ? this.#begin() : undefined;
  }

  #begin(): MaskThread {
    const thread = new MaskThread(this.#script);
    this.#threads.add(thread);
    return thread;
  }

  async #run(thread: MaskThread, waiting: Waiting): Promise<void> {
    this.#leave(waiting);
    try {
      waiting.done.resolve(await thread.run(waiting.work, this.#deadline));
      this.#idle.push(thread);
    } catch (error) {
      this.#failed(thread, error);
      waiting.done.reject(failed('a large message could not be masked'));
    }
    this.#next();
  }

  #failed(thread: MaskThread, error: unknown): void {
    const end = error instanceof ThreadFailure ? error.end : undefined;
    if (end === undefined) this.#idle.push(thread);
    else this.#threads.delete(thread);
    if (end === 'stopped') return;
    this.warm();
    const fields = { code: 'MASK_FAILED', cause: messageOf(error), ...(end && { thread: end }) };
    this.#log.error(fields, 'a large message could not be masked; it is blocked');
  }

  #refuse(waiting: Waiting, error: GateError): void {
    this.#leave(waiting);
    waiting.done.reject(error);
  }

  /** It waits no longer. */
  #leave({ work, late }: Waiting): void {
    clearTimeout(late);
    this.#waitingCharacters -= work.text.length;
  }
}

function usualThreads(): number {
  return Math.min(MOST_THREADS, Math.max(1, availableParallelism() - 1));
}

function busy(message: string): GateError {
  return new GateError('MASK_BUSY', message);
}

function failed(message: string): GateError {
  return new GateError('MASK_FAILED', message);
}

function stopping(): GateError {
  return failed('the gate is stopping');
}
