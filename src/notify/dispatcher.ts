import type { ApprovalStore } from '../model/approval-store.ts';
import type { Channel } from './contract.ts';
import { type ChannelCounts, Lane, type LaneOptions } from './lane.ts';

export interface DispatcherOptions extends Omit<LaneOptions, 'channel' | 'random' | 'store'> {
  readonly store: LaneOptions['store'] & Pick<ApprovalStore, 'onChange'>;
  readonly channels: readonly Channel[];
  /** From 0 to 1; left out: by chance. */
  readonly random?: () => number;
}

/**
 * Brings the news that a store keeps to its channels, each at its own pace: one that fails holds no other up. News is
 * forgotten only once its channel has taken it, or has failed for a day, so that each piece comes at least once. Nothing
 * is polled: the store tells of news, and when the next is due.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #lanes: readonly Lane[];

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const random = options.random ?? Math.random;
    this.#lanes = options.channels.map((channel) => new Lane({ ...options, channel, random }));
  }

  start(): void {
    this.#options.store.onChange(() => this.look());
    this.look();
  }

  /** Looks now whether there is news to bring. */
  look(): void {
    for (const lane of this.#lanes) lane.look();
  }

  /** Lets what is being sent end, for some seconds, and closes the channels. What was not sent stays in the store. */
  async stop(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.stop()));
    await Promise.all(this.#options.channels.map((channel) => channel.close?.()));
  }

  /** What has become of news since the start, by channel. */
  counts(): ReadonlyMap<string, ChannelCounts> {
    return new Map(this.#lanes.map(({ name, counts }) => [name, counts]));
  }
}
