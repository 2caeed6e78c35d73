import { type JsonObject, member } from '../model/json.ts';
import type { NotificationFrame } from '../model/message.ts';
import { metaKeys, metaOf } from '../protocol/meta.ts';

/**
 * False of what a stateless-era request did not ask to hear: log messages come only with a level (2026-07-28, logging),
 * progress only under the request's own token (progress).
 */
export function isSolicited(
  { message }: NotificationFrame,
  asker: JsonObject | undefined,
): boolean {
  const meta = metaOf(asker);
  switch (message.method) {
    case 'notifications/message':
      return member(meta, metaKeys.logLevel) !== undefined;
    case 'notifications/progress': {
      const token = member(meta, 'progressToken');
      return token !== undefined && message.params?.progressToken === token;
    }
    default:
      return true;
  }
}
