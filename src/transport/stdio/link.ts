import { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { Clock, Log } from '../../model/seams.ts';
import type { FrameLimits } from '../../protocol/jsonrpc.ts';
import { isStatelessRevision } from '../../protocol/revisions.ts';
import type { OpenChannel } from '../channel/channel.ts';
import { ChannelLog } from '../channel/channel-log.ts';
import { Running } from '../channel/running.ts';
import { SessionTable } from '../channel/session-table.ts';
import { SharedTable } from '../channel/shared-table.ts';
import type { UpstreamLink, UpstreamSession, UpstreamSink } from '../contract.ts';
import { Child } from './child.ts';
import { ChildLog } from './child-log.ts';

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
  /** Most processes at a time: one for each session, and for each owner in the stateless era. */
  readonly processes: number;
  /** A process without traffic for so many milliseconds is ended. */
  readonly idle: number;
  readonly limits: FrameLimits;
  readonly log: Log;
  readonly clock?: Clock;
  /** A call that is silent for so many milliseconds gets a stream, so that it can be kept alive. Default 10 s. */
  readonly openAfter?: number;
  /** Milliseconds between closing a process's input, SIGTERM and SIGKILL. Default 2 s, as in the official SDKs. */
  readonly grace?: number;
}

/**
 * A way to an MCP server that speaks stdio. In the session era each session has a process; in the stateless era each
 * owner has one, which all its clients share. POSIX only, as it needs process groups.
 */
export class StdioLink implements UpstreamLink {
  readonly #running: Running;
  readonly #sessions: SessionTable;
  readonly #shared: SharedTable;

  constructor(options: StdioLinkOptions) {
    const { name, log, processes, clock = Date.now, openAfter = 10_000 } = options;
    const channelLog = new ChannelLog(log, { upstream: name }, clock);
    const common = { ...options, openAfter, channelLog, open: opener(options, clock) };
    this.#running = new Running(processes, () => fullError(name, processes));
    this.#sessions = new SessionTable(common, this.#running);
    this.#shared = new SharedTable(common, this.#running);
  }

  send(frame: Frame, session: UpstreamSession, sink: UpstreamSink, signal: AbortSignal): void {
    const table = isStateless(session) ? this.#shared : this.#sessions;
    table.send(frame, session, sink, signal);
  }

  listen(
    session: UpstreamSession,
    _lastEventId: string | undefined,
    sink: UpstreamSink,
    signal: AbortSignal,
  ): void {
    if (!isStateless(session)) this.#sessions.listen(session, sink, signal);
    else if (!signal.aborted) sink.fail(noStream());
  }

  /** Ends a session; in the stateless era the process of the owner, unless a call is under way. */
  async end(session: UpstreamSession): Promise<void> {
    await (isStateless(session) ? this.#shared : this.#sessions).end(session);
  }

  async stop(): Promise<void> {
    await this.#running.stop();
  }
}

function opener({ name, limits, log, ...options }: StdioLinkOptions, clock: Clock): OpenChannel {
  const { command, cwd, env, grace = 2_000 } = options;
  const childLog = new ChildLog(log, { upstream: name }, clock);
  const onStderr = (line: string) => childLog.stderr(line);
  const child = { command, cwd, env, grace, maxBytes: limits.bytes, onStderr };
  return (events) => new Child(child, events);
}

function isStateless({ protocol }: UpstreamSession): boolean {
  return isStatelessRevision(protocol);
}

function fullError(name: string, processes: number): GateError {
  const hint = 'end sessions that are no longer used, or raise `processes` of the upstream';
  const message = `upstream "${name}" has ${processes} processes, the most it may have`;
  return new GateError('SESSION_LIMIT', message, { hint });
}

function noStream(): GateError {
  const hint = 'use subscriptions/listen';
  return new GateError('HTTP_METHOD', 'this revision has no stream of the upstream', { hint });
}
