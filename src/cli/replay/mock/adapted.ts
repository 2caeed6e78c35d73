import { isObject, type Json, type JsonObject, withMember } from '../../../model/json.ts';
import type { NotificationFrame, RequestFrame, RequestId } from '../../../model/message.ts';
import { severityOf } from '../../../protocol/era-words.ts';
import { metaKeys, metaOf, versionIn } from '../../../protocol/meta.ts';

/**
 * A recorded notification in the words of the request that it belongs to now: under its progress token and its id.
 *
 * @param renamed ids of requests that the upstream made, by their recorded ids
 * @returns undefined where this client has not asked for it
 */
export function adapted(
  { message }: NotificationFrame,
  request: RequestFrame['message'],
  renamed: ReadonlyMap<Json, RequestId>,
): NotificationFrame | undefined {
  const { method } = message;
  const params = withSubscription(message.params, request.id);
  const sent = (changed: JsonObject | undefined): NotificationFrame => ({
    ...{ kind: 'notification', direction: 'down' },
    message: { jsonrpc: '2.0', method, ...(changed ? { params: changed } : {}) },
  });
  const meta = metaOf(request.params);
  switch (method) {
    case 'notifications/progress': {
      const { progressToken } = meta;
      if (progressToken === undefined) return undefined;
      return sent(withMember(params ?? {}, 'progressToken', progressToken));
    }
    case 'notifications/message':
      return wantsLog(request, params) ? sent(params) : undefined;
    case 'notifications/cancelled': {
      const id = renamed.get(params?.requestId ?? null);
      return id === undefined ? undefined : sent({ ...params, requestId: id });
    }
    default:
      return sent(params);
  }
}

/** Without sessions only those get log messages who say so in their request (2026-07-28, logging). */
function wantsLog({ params }: RequestFrame['message'], told: JsonObject | undefined): boolean {
  if (versionIn(params) === undefined) return true;
  const level = metaOf(params)[metaKeys.logLevel];
  const [least, severity] = [severityOf(level), severityOf(told?.level)];
  return least !== undefined && (severity === undefined || severity >= least);
}

/** What a subscription brings is tagged with the id of its request (2026-07-28, subscriptions). */
function withSubscription(params: JsonObject | undefined, id: RequestId): JsonObject | undefined {
  const meta = params?._meta;
  if (!params || !isObject(meta) || !Object.hasOwn(meta, metaKeys.subscriptionId)) return params;
  return { ...params, _meta: withMember(meta, metaKeys.subscriptionId, id) };
}
