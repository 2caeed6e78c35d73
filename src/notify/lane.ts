import type { ApprovalNotice, ApprovalStore } from '../model/approval-store.ts';
import { GateError, messageOf } from '../model/errors.ts';
import type { Clock, Log } from '../model/seams.ts';
import { askedDelay } from '../receiver/asked-delay.ts';
import { retryDelay } from '../receiver/retry-delay.ts';
import { newsTime } from './approval-news.ts';
import type { Channel } from './contract.ts';

export interface LaneOptions {
  readonly store: Pick<ApprovalStore, 'claim' | 'settle' | 'postpone' | 'nextNotice' | 'get'>;
  readonly channel: Channel;
  /** The page of an approval; undefined where the gate has none. */
  readonly pageOf: (approval: string) => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** What has become of the news for a channel. */
export interface ChannelCounts {
  /** Taken by the channel. */
  readonly sent: number;
  /** Tries that failed. */
  readonly failed: number;
  /** Given up after a day. */
  readonly lost: number;
}

/** Pieces that are sent at a time. */
const AT_ONCE = 8;
/** Milliseconds that sending one may take. */
const SEND = 60_000;
/** Milliseconds for which a piece is this gate's: if it dies, another one takes it then. */
const LEASE = 90_000;
/** Milliseconds for which news is tried. */
const DAY = 86_400_000;
/** A timer holds no more; a look in between does no harm. */
const LONGEST_TIMER = 3_600_000;
/** Milliseconds for which a store that fails is left alone. */
const STORE_REST = 5_000;
/** Milliseconds until news is tried again. */
const RETRY = { first: 5_000, longest: 1_800_000, asked: 3_600_000 } as const;
/** Milliseconds for which a channel that fails is left alone. */
const REST = { first: 1_000, longest: 300_000, asked: 300_000 } as const;
/** Milliseconds that sending may go on once the gate stops. */
const FLUSH = 3_000;

/** Brings news to one channel. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #stopped = new AbortController();
  readonly #counts = { sent: 0, failed: 0, lost: 0 };
  #running: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  /** Tries that have failed since one succeeded. */
  #failures = 0;
  #restUntil = 0;
  #stopping = false;
  #storeFails = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.channel.name;
  }

  get counts(): ChannelCounts {
    return { ...this.#counts };
  }

  look(): void {
    if (this.#stopping) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // It may have been called after the last look.
      if (this.#again) this.look();
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const flush = setTimeout(() => this.#stopped.abort(), FLUSH);
    await this.#running;
    clearTimeout(flush);
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      while (this.#again && !this.#stopping) {
        this.#again = false;
        await this.#bring();
      }
      if (!this.#stopping) this.#wakeAt(await this.#nextLook());
      this.#storeFails = false;
    } catch (error) {
      this.#complainOfStore(error);
      this.#wakeAt(this.#options.clock() + STORE_REST);
    }
  }

  /** Sends what is due, until there is nothing or the channel has to be left alone. */
  async #bring(): Promise<void> {
    const { store, clock } = this.#options;
    while (!this.#stopping) {
      const now = clock();
      if (now < this.#restUntil) return;
      // After a failure one goes ahead.
      const limit = this.#failures > 0 ? 1 : AT_ONCE;
      const notices = await store.claim(this.name, now, now + LEASE, limit);
      if (notices.length === 0) return;
      const results = await Promise.allSettled(notices.map((notice) => this.#handle(notice)));
      const fault = results.find(({ status }) => status === 'rejected');
      if (fault?.status === 'rejected') throw fault.reason;
    }
  }

  /** Rejects only where the store fails. */
  async #handle(notice: ApprovalNotice): Promise<void> {
    const { store, channel, pageOf } = this.#options;
    const approval = await store.get(notice.approval);
    if (!approval) return store.settle(notice.id);
    const failures = this.#failures;
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(SEND)]);
    try {
      await channel.send(notice, approval, pageOf(approval.id), signal);
    } catch (error) {
      // Its lease ends by itself, and another gate, or the next start, tries it again.
      if (this.#stopped.signal.aborted) return;
      return this.#retry(notice, newsTime(notice.news, approval), error);
    }
    this.#counts.sent++;
    // One that was sent beside one that failed says nothing of what comes next.
    if (failures > 0 && failures === this.#failures) this.#recovered();
    await store.settle(notice.id);
  }

  async #retry(notice: ApprovalNotice, since: number, error: unknown): Promise<void> {
    const { store, clock, random, log } = this.#options;
    const now = clock();
    const asked = error instanceof GateError ? askedDelay(error.retryAfter, now) : undefined;
    this.#counts.failed++;
    this.#rest(now, asked);
    const { approval, news } = notice;
    const code = 'CHANNEL_FAILED';
    const attempts = notice.attempts + 1;
    const fields = { code, channel: this.name, approval, news, attempts, cause: causeOf(error) };
    if (now - since >= DAY) {
      this.#counts.lost++;
      log.error(fields, 'a channel has not taken news for a day; it is given up');
      return store.settle(notice.id);
    }
    const delay = retryDelay(RETRY, attempts, asked, random());
    log.warn({ ...fields, again: Math.round(delay) }, 'a channel did not take news');
    return store.postpone(notice.id, now + delay);
  }

  #rest(now: number, asked: number | undefined): void {
    const { random } = this.#options;
    this.#failures++;
    const rest = retryDelay(REST, this.#failures, asked, random());
    this.#restUntil = Math.max(this.#restUntil, now + rest);
  }

  #recovered(): void {
    const { log } = this.#options;
    log.info({ channel: this.name, failures: this.#failures }, 'a channel takes news again');
    this.#failures = 0;
    this.#restUntil = 0;
  }

  async #nextLook(): Promise<number | undefined> {
    const next = await this.#options.store.nextNotice(this.name);
    return next === undefined ? undefined : Math.max(next, this.#restUntil);
  }

  #wakeAt(at: number | undefined): void {
    clearTimeout(this.#timer);
    if (at === undefined || this.#stopping) return;
    // Rounded up: a timer that goes off too early finds nothing.
    const wait = Math.max(1, Math.ceil(at - this.#options.clock()));
    this.#timer = setTimeout(() => this.look(), Math.min(wait, LONGEST_TIMER)).unref();
  }

  #complainOfStore(error: unknown): void {
    if (this.#storeFails) return;
    this.#storeFails = true;
    const { log } = this.#options;
    const code = error instanceof GateError ? error.code : 'STAGE_FAULT';
    const fields = { code, channel: this.name, cause: messageOf(error) };
    log.error(fields, 'news of approvals cannot be read; it is tried again');
  }
}

/** What somebody else's code throws may hold what it was given. */
function causeOf(error: unknown): string {
  if (!(error instanceof GateError)) return error instanceof Error ? error.name : 'unknown';
  return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
}
