import { randomUUID } from 'node:crypto';
import { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { Clock, Log } from '../../model/seams.ts';
import type { FrameLimits } from '../../protocol/jsonrpc.ts';
import type { UpstreamLink, UpstreamSession, UpstreamSink } from '../contract.ts';
import { ChildLog } from './child-log.ts';
import { Session } from './session.ts';

export interface StdioLinkOptions {
  /** Of the upstream. */
  readonly name: string;
  /** Program and arguments. No shell reads them. */
  readonly command: readonly string[];
  /** Working directory; left out: the daemon's. */
  readonly cwd?: string | undefined;
  /** What the processes get beside the harmless part of the daemon's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Longest silence while a call waits, in milliseconds. */
  readonly timeout: number;
  /** Most sessions at a time, each a process. */
  readonly processes: number;
  /** A session without traffic for so many milliseconds is ended. */
  readonly idle: number;
  readonly limits: FrameLimits;
  readonly log: Log;
  readonly clock?: Clock;
  /** A call that is silent for so many milliseconds gets a stream, so that it can be kept alive. Default 10 s. */
  readonly openAfter?: number;
  /** Milliseconds between closing a process's input, SIGTERM and SIGKILL. Default 2 s, as in the official SDKs. */
  readonly grace?: number;
}

/** A way to an MCP server that speaks stdio: a process for each session. POSIX only, as it needs process groups. */
export class StdioLink implements UpstreamLink {
  readonly #options: StdioLinkOptions;
  readonly #childLog: ChildLog;
  /** Sessions that take messages, by id. */
  readonly #sessions = new Map<string, Session>();
  /** Sessions whose process may still run. */
  readonly #running = new Set<Session>();
  #stopping = false;

  constructor(options: StdioLinkOptions) {
    const { name, log, clock = Date.now } = options;
    this.#options = options;
    this.#childLog = new ChildLog(log, { upstream: name }, clock);
  }

  send(frame: Frame, { session: id }: UpstreamSession, sink: UpstreamSink, signal: AbortSignal) {
    if (signal.aborted) return;
    const opens = id === undefined && frame.kind === 'request' && isInitialize(frame);
    const session = opens ? this.#open() : this.#find(id);
    if (session instanceof GateError) sink.fail(session);
    else session.send(frame, sink, signal);
  }

  /** No event has an id here, so none can be asked for again. */
  listen(
    { session: id }: UpstreamSession,
    _lastEventId: string | undefined,
    sink: UpstreamSink,
    signal: AbortSignal,
  ): void {
    if (signal.aborted) return;
    const session = this.#find(id);
    if (session instanceof GateError) sink.fail(session);
    else session.listen(sink, signal);
  }

  async end({ session: id }: UpstreamSession): Promise<void> {
    if (id !== undefined) await this.#sessions.get(id)?.close();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const reason = stopping();
    await Promise.all(this.#running.values().map((session) => session.close(reason)));
  }

  #open(): Session | GateError {
    if (this.#stopping) return stopping();
    const { name, processes } = this.#options;
    if (this.#running.size >= processes) {
      const hint = 'end sessions that are no longer used, or raise `processes` of the upstream';
      const message = `upstream "${name}" has ${processes} sessions, the most it may have`;
      return new GateError('SESSION_LIMIT', message, { hint });
    }
    const id = randomUUID();
    const session = this.#start(id);
    this.#sessions.set(id, session);
    this.#running.add(session);
    return session;
  }

  #start(id: string): Session {
    const { command, cwd, env, grace = 2_000, openAfter = 10_000, ...options } = this.#options;
    const session: Session = new Session({
      ...options,
      id,
      openAfter,
      child: { command, cwd, env, grace },
      childLog: this.#childLog,
      onClosing: () => this.#sessions.delete(id),
      onGone: () => this.#running.delete(session),
    });
    return session;
  }

  #find(id: string | undefined): Session | GateError {
    if (this.#stopping) return stopping();
    const session = id === undefined ? undefined : this.#sessions.get(id);
    return session ?? new GateError('SESSION_UNKNOWN', 'the upstream has no such session');
  }
}

function isInitialize(frame: Frame): boolean {
  return 'method' in frame.message && frame.message.method === 'initialize';
}

function stopping(): GateError {
  return new GateError('GATE_STOPPING', 'the gate is stopping');
}
