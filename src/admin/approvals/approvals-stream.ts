import type { Readable } from 'node:stream';
import type { Approval } from '../../model/approval.ts';
import { messageOf } from '../../model/errors.ts';
import type { Identity } from '../../model/identity.ts';
import type { Clock, Log } from '../../model/seams.ts';
import { type OpenStream, OpenStreams } from '../open-streams.ts';
import { maySee, type Viewer } from './approvals-rights.ts';
import { approvalLine } from './approvals-view.ts';

export interface StreamOptions {
  readonly get: (id: string) => Promise<Approval | undefined>;
  /** Calls back with the id of each approval that changes. */
  readonly onChange: (listener: (id: string) => void) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Streams at a time, of all. */
const MAX_STREAMS = 500;
/** Bytes that may wait for a slow reader, who then has to come again and list. */
const MAX_WAITING = 1_048_576;
/** How often a comment keeps connections alive, in milliseconds. */
const HEARTBEAT = 15_000;

interface Open extends OpenStream {
  readonly viewer: Viewer;
}

/**
 * Tells whoever listens of approvals that change, as server-sent events: `event: approval`, with the line of a list as
 * data. What happens before somebody listens they read from the list.
 */
export class ApprovalStreams {
  readonly #options: StreamOptions;
  readonly #open: OpenStreams<Open>;
  readonly #changed = new Set<string>();
  #telling = false;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#open = new OpenStreams({
      ...{ clock: options.clock, most: MAX_STREAMS, waiting: MAX_WAITING, every: HEARTBEAT },
      look: () => this.#beat(),
    });
    options.onChange((id) => this.#change(id));
  }

  /** @throws GateError ADMIN_STREAMS */
  open(viewer: Viewer, identity: Identity): Readable {
    return this.#open.open(identity, (stream) => ({ ...stream, viewer })).stream;
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
