import { Pool } from 'undici';
import { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { Clock, Log } from '../../model/seams.ts';
import type { FrameLimits } from '../../protocol/jsonrpc.ts';
import { ChannelLog } from '../channel/channel-log.ts';
import { Running } from '../channel/running.ts';
import { SessionTable } from '../channel/session-table.ts';
import type { UpstreamLink, UpstreamSession, UpstreamSink } from '../contract.ts';
import { SseChannel } from './channel.ts';

export interface SseLinkOptions {
  /** The upstream's name, for messages. */
  readonly name: string;
  /** Where its stream of events is, often `/sse`. Messages go to the endpoint that the stream names, of the same origin. */
  readonly url: string;
  /** Sent with every request; the caller's own headers never are. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest silence while a call waits, in milliseconds. */
  readonly timeout: number;
  /** Most sessions at a time, each a connection. */
  readonly sessions: number;
  /** A session without traffic for so many milliseconds is ended. */
  readonly idle: number;
  readonly limits: FrameLimits;
  readonly log: Log;
  readonly clock?: Clock;
  /** A call that is silent for so many milliseconds gets a stream, so that it can be kept alive. Default 10 s. */
  readonly openAfter?: number;
}

/** The way to an upstream over HTTP with SSE (2024-11-05, transports): a stream of events for each session. */
export class SseLink implements UpstreamLink {
  readonly #pool: Pool;
  readonly #running: Running;
  readonly #sessions: SessionTable;

  constructor(options: SseLinkOptions) {
    const { name, url, log, limits, timeout, clock = Date.now, openAfter = 10_000 } = options;
    const pool = new Pool(new URL(url).origin, { allowH2: false, connect: { timeout } });
    const channelLog = new ChannelLog(log, { upstream: name }, clock);
    const channel = { ...options, pool, maxBytes: limits.bytes };
    this.#pool = pool;
    this.#running = new Running(options.sessions, () => fullError(name, options.sessions));
    this.#sessions = new SessionTable(
      { ...options, openAfter, channelLog, open: (events) => new SseChannel(channel, events) },
      this.#running,
    );
  }

  send(frame: Frame, session: UpstreamSession, sink: UpstreamSink, signal: AbortSignal): void {
    this.#sessions.send(frame, session, sink, signal);
  }

  listen(
    session: UpstreamSession,
    _lastEventId: string | undefined,
    sink: UpstreamSink,
    signal: AbortSignal,
  ): void {
    this.#sessions.listen(session, sink, signal);
  }

  async end(session: UpstreamSession): Promise<void> {
    await this.#sessions.end(session);
  }

  async stop(): Promise<void> {
    await this.#running.stop();
    await this.#pool.destroy();
  }
}

function fullError(name: string, sessions: number): GateError {
  const hint = 'end sessions that are no longer used, or raise `sessions` of the upstream';
  const message = `upstream "${name}" has ${sessions} sessions, the most it may have`;
  return new GateError('SESSION_LIMIT', message, { hint });
}
