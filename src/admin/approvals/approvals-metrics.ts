import { Counter, Gauge, type Registry } from 'prom-client';
import type { ChannelCounts } from '../../notify/lane.ts';
import type { CountedApprovals } from './approvals-counted.ts';

export interface ApprovalMetrics {
  readonly store: CountedApprovals;
  /** What has become of news since the start, by channel. */
  readonly channels: () => ReadonlyMap<string, ChannelCounts>;
}

/** What is counted of approvals and the channels that tell of them. */
export function approvalMetrics({ store, channels }: ApprovalMetrics, registry: Registry): void {
  registry.registerMetric(store.steps);
  registry.registerMetric(store.waits);
  const registers = [registry];
  new Gauge({
    name: 'sallyport_approvals_open',
    help: 'Approvals that people have yet to decide (pending), or whose call has yet to be made (granted), in the store of all gates. Left out while the store cannot be asked.',
    labelNames: ['state'] as const,
    registers,
    async collect() {
      this.reset();
      const counts = await store.counts().catch(() => ({}));
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
    },
  });
  new Counter({
    name: 'sallyport_channel_messages_total',
    help: 'News of approvals that a channel has taken (sent), tries that failed (failed), and news that was given up (lost).',
    labelNames: ['channel', 'how'] as const,
    registers,
    collect() {
      this.reset();
      for (const [channel, counts] of channels()) {
        for (const [how, count] of Object.entries(counts)) this.inc({ channel, how }, count);
      }
    },
  });
}
