import type { RequestId } from '../../../model/message.ts';
import type { Call } from './call.ts';
import type { Listening } from './listening.ts';
import { Questions } from './questions.ts';

/** What is remembered of a client's session as long as this process lives. The rest is in its id. */
export interface SessionState {
  /** Log level that the client has set. */
  level: string | undefined;
  readonly calls: Map<RequestId, Call>;
  readonly questions: Questions;
  listening: Listening | undefined;
}

/** The states of sessions, by whose they are and their id; the longest unused is forgotten when there are too many. */
export class SessionStates {
  readonly #limit: number;
  readonly #states = new Map<string, SessionState>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): SessionState | undefined {
    return this.#states.get(key);
  }

  /** The state of a session, made if it has none. */
  of(key: string): SessionState {
    const known = this.#states.get(key);
    const state: SessionState = known ?? {
      ...{ level: undefined, listening: undefined },
      ...{ calls: new Map(), questions: new Questions() },
    };
    this.#states.delete(key);
    this.#states.set(key, state);
    if (!known) this.#makeRoom(key);
    return state;
  }

  /** Forgets a state in which nothing is left to remember. */
  tidy(key: string): void {
    const state = this.#states.get(key);
    if (!state || state.level !== undefined || isBusy(state)) return;
    if (state.listening?.isEmpty ?? true) this.#states.delete(key);
  }

  /** Forgets a session. What goes on in it is given up. */
  end(key: string): void {
    const state = this.#states.get(key);
    this.#states.delete(key);
    if (!state) return;
    for (const call of state.calls.values()) call.abort();
    state.listening?.close();
  }

  endAll(): void {
    for (const key of [...this.#states.keys()]) this.end(key);
  }

  #makeRoom(newest: string): void {
    if (this.#states.size <= this.#limit) return;
    for (const [key, state] of this.#states) {
      if (key === newest || isBusy(state)) continue;
      this.end(key);
      return;
    }
  }
}

function isBusy({ calls, questions }: SessionState): boolean {
  return calls.size > 0 || questions.size > 0;
}
