import type { AdminConfig } from '../../config/schema.ts';
import type { Channel } from '../../notify/contract.ts';
import type { Approvals } from '../../pipeline/approval/approvals.ts';
import type { PublicRoute } from '../route.ts';
import { deciderOf } from './decider.ts';

export interface SlackRoutesOptions {
  readonly channels: readonly Channel[];
  readonly approvals: Pick<Approvals, 'decide'>;
  readonly roles: AdminConfig['roles'];
}

/** Slack sends the message along in which a button was pressed. */
const takes = { type: 'application/x-www-form-urlencoded', bytes: 262_144 };

/** Where Slack tells of pressed buttons, "Request URL" of the app's interactivity: a path for each channel with buttons. */
export function slackRoutes({ channels, approvals, roles }: SlackRoutesOptions): PublicRoute[] {
  return channels.flatMap(({ name, interactions }): PublicRoute[] =>
    interactions
      ? [
          {
            ...{ method: 'POST', path: `/channels/${name}/slack`, takes },
            serve: async ({ headers, body }) => {
              await interactions.take(headers, body, (approval, verdict, person) =>
                approvals.decide(approval, { verdict, via: name }, deciderOf(person, roles)),
              );
              return {};
            },
          },
        ]
      : [],
  );
}
