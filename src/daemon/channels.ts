import type { ApprovalStore } from '../model/approval-store.ts';
import { Dispatcher } from '../notify/dispatcher.ts';
import { openChannels } from '../notify/open-channels.ts';
import type { Tickets } from '../notify/ticket.ts';
import { clock, type DaemonOptions } from './daemon-options.ts';

/**
 * Opens the channels that tell people of approvals, and what brings them the news. Whoever does so starts the
 * dispatcher, once pages have an address, and stops it.
 *
 * @param pageOf URL of the page of an approval; undefined where there are no pages
 */
export function openNews(
  { config, base, log }: DaemonOptions,
  store: ApprovalStore,
  tickets: Tickets,
  pageOf: (approval: string) => string | undefined,
) {
  const channels = openChannels(config.approvals.channels, {
    ...{ base, pageOf, clock, log },
    linkFor: ({ id, expiresAt }, address) => {
      const page = pageOf(id);
      return page && tickets.link(page, { approval: id, address, until: expiresAt });
    },
  });
  return { channels, dispatcher: new Dispatcher({ store, channels, pageOf, clock, log }) };
}
