import { Readable } from 'node:stream';
import type { Approval } from '../../model/approval.ts';
import { GateError, messageOf } from '../../model/errors.ts';
import type { Identity } from '../../model/identity.ts';
import type { Clock, Log } from '../../model/seams.ts';
import { maySee, type Viewer } from './approvals-rights.ts';
import { approvalLine } from './approvals-view.ts';

export interface StreamOptions {
  readonly get: (id: string) => Promise<Approval | undefined>;
  /** Calls back with the id of each approval that changes. */
  readonly onChange: (listener: (id: string) => void) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Streams at a time, of all and of one person. */
const MAX_STREAMS = 500;
const MAX_OF_ONE = 10;
/** Bytes that may wait for a slow reader, who then has to come again and list. */
const MAX_WAITING = 1_048_576;
/** How often a comment keeps connections alive, in milliseconds. */
const HEARTBEAT = 15_000;
/** A stream ends after so long at the latest, and with the token that opened it. Milliseconds. */
const LONGEST = 3_600_000;

interface Open {
  readonly viewer: Viewer;
  readonly stream: Readable;
  readonly until: number;
  /** Its end was told. */
  isOver: boolean;
}

/**
 * Tells whoever listens of approvals that change, as server-sent events: `event: approval`, with the line of a list as
 * data. What happens before somebody listens they read from the list.
 */
export class ApprovalStreams {
  readonly #options: StreamOptions;
  readonly #open = new Set<Open>();
  readonly #changed = new Set<string>();
  #telling = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    options.onChange((id) => this.#change(id));
  }

  /** @throws GateError ADMIN_STREAMS */
  open(viewer: Viewer, { claims }: Identity): Readable {
    const { issuer, sub } = viewer.decider;
    const own = [...this.#open].filter(
      ({ viewer: { decider } }) => decider.issuer === issuer && decider.sub === sub,
    );
    if (this.#open.size >= MAX_STREAMS || own.length >= MAX_OF_ONE) {
      throw new GateError('ADMIN_STREAMS', 'too many streams of events are open');
    }
    const { clock } = this.#options;
    const expiry = typeof claims.exp === 'number' ? claims.exp * 1_000 : Number.POSITIVE_INFINITY;
    const stream = new Readable({ read: () => undefined, highWaterMark: MAX_WAITING });
    const one = { viewer, stream, until: Math.min(expiry, clock() + LONGEST), isOver: false };
    this.#open.add(one);
    stream.once('close', () => {
      this.#open.delete(one);
      if (this.#open.size === 0) clearInterval(this.#timer);
    });
    // Whoever begins must know that it has begun before they list.
    stream.push('retry: 3000\n\n');
    if (this.#open.size === 1) this.#timer = setInterval(() => this.#beat(), HEARTBEAT).unref();
    return stream;
  }

  /** Nobody listens, nothing is done: thousands of changes cost nothing then. */
  #change(id: string): void {
    if (this.#open.size === 0) return;
    this.#changed.add(id);
    if (!this.#telling) void this.#tell();
  }

  /** One after the other; what changes several times meanwhile is told once. */
  async #tell(): Promise<void> {
    this.#telling = true;
    for (const id of this.#changed) {
      this.#changed.delete(id);
      try {
        const approval = await this.#options.get(id);
        if (approval) this.#send(approval);
      } catch (error) {
        const fields = { code: 'APPROVALS_UNAVAILABLE', cause: messageOf(error) };
        this.#options.log.warn(fields, 'a change of an approval could not be told');
      }
    }
    this.#telling = false;
  }

  #send(approval: Approval): void {
    const { id, version } = approval;
    const now = this.#options.clock();
    let text: string | undefined;
    for (const { viewer, stream, until } of this.#open) {
      if (now >= until || !maySee(approval, viewer)) continue;
      text ??= `id: ${id}.${version}\nevent: approval\ndata: ${JSON.stringify(approvalLine(approval))}\n\n`;
      write(stream, text);
    }
  }

  #beat(): void {
    const now = this.#options.clock();
    for (const one of this.#open) {
      // Whoever doesn't read on never comes to the end.
      if (one.isOver) one.stream.destroy();
      else if (now < one.until) write(one.stream, ':\n\n');
      else {
        one.isOver = true;
        one.stream.push(null);
      }
    }
  }
}

function write(stream: Readable, text: string): void {
  if (stream.readableLength + text.length > MAX_WAITING) stream.destroy();
  else if (!stream.readableEnded && !stream.destroyed) stream.push(text);
}
