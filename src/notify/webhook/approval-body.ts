import type { JsonObject } from '../../model/json.ts';
import type { WebhookBody } from './webhook-channel.ts';

/** The approval itself, as the admin API gives it. */
export const approvalBody: WebhookBody = (notice, approval, url) => ({
  id: notice.id,
  type: `approval.${notice.news}`,
  ...(url === undefined ? {} : { url }),
  approval: approval as unknown as JsonObject,
});
