import { Worker } from 'node:worker_threads';
import { GateError } from '../../../model/errors.ts';
import { moduleBeside } from '../../../model/module-beside.ts';
import type { ExchangePage, SearchQuery, TranscriptsAside } from '../../contract.ts';
import type {
  Question,
  ReadingAnswer,
  ReadingFailure,
  ReadingRequest,
} from './reading-protocol.ts';

/** Questions that may wait; each takes up to about a second. */
const MOST_WAITING = 200;

interface Waiting {
  readonly request: ReadingRequest;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Reads a transcript database on a thread of its own, one question after the other. It begins with the first one. Those
 * that wait do so here, so that whoever closes it waits for one of them at most.
 */
export class ReadingThread implements TranscriptsAside {
  readonly #path: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #ended: Promise<void> = Promise.resolve();
  #isClosed = false;
  #asked = 0;

  constructor(path: string) {
    this.#path = path;
  }

  search(query: SearchQuery): ReturnType<TranscriptsAside['search']> {
    return this.#ask('search', query);
  }

  exchange(id: string): ReturnType<TranscriptsAside['exchange']> {
    return this.#ask('exchange', id);
  }

  fact(digest: string): ReturnType<TranscriptsAside['fact']> {
    return this.#ask('fact', digest);
  }

  steps(exchange: string, seq: number): ReturnType<TranscriptsAside['steps']> {
    return this.#ask('steps', exchange, seq);
  }

  follow(position: number, page: ExchangePage): ReturnType<TranscriptsAside['follow']> {
    return this.#ask('follow', position, page);
  }

  lastPosition(): ReturnType<TranscriptsAside['lastPosition']> {
    return this.#ask('lastPosition');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const [atWork] = this.#waiting.keys();
    for (const [id, { reject }] of this.#waiting) {
      if (id === atWork) continue;
      this.#waiting.delete(id);
      reject(stopping());
    }
    this.#worker?.ref();
    this.#worker?.postMessage('end');
    await this.#ended;
  }

  #ask<Answer>(question: Question, ...given: readonly unknown[]): Promise<Answer> {
    if (this.#isClosed) return Promise.reject(stopping());
    if (this.#waiting.size >= MOST_WAITING) {
      const message = 'too many readers of transcripts wait already';
      return Promise.reject(new GateError('CALL_LIMIT', message, { retryAfter: '1' }));
    }
    return new Promise<Answer>((resolve, reject) => {
      const worker = this.#running();
      const request = { id: ++this.#asked, question, given };
      this.#waiting.set(request.id, { request, resolve, reject });
      if (this.#waiting.size === 1) worker.postMessage(request);
    });
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(moduleBeside('./reading.ts', import.meta.url), {
      workerData: this.#path,
    });
    worker.unref();
    worker.on('message', (answer: ReadingAnswer) => this.#settle(answer));
    worker.once('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#worker = undefined;
        for (const id of this.#waiting.keys()) {
          this.#settle({ id, failure: { message: 'the thread that reads it has ended' } });
        }
        resolve();
      });
    });
    this.#worker = worker;
    return worker;
  }

  #settle({ id, answer, failure }: ReadingAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (failure) waiting?.reject(errorOf(failure));
    else waiting?.resolve(answer as never);
    const [next] = this.#waiting.values();
    if (next) this.#worker?.postMessage(next.request);
  }
}

function stopping(): GateError {
  return new GateError('GATE_STOPPING', 'the gate is stopping');
}

function errorOf({ code, message, hint }: ReadingFailure): GateError {
  if (code !== undefined) return new GateError(code, message, hint === undefined ? {} : { hint });
  return new GateError('STORE_UNREADABLE', `cannot read the transcript database: ${message}`);
}
