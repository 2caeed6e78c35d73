import { isObject, type Json } from '../model/json.ts';
import type { Frame, NotificationFrame } from '../model/message.ts';

/** Lists that a reload of the policies may change. */
export const listKinds = ['tools', 'resources', 'prompts'] as const;
export type ListKind = (typeof listKinds)[number];

const notices = Object.fromEntries(
  listKinds.map((kind) => [kind, noticeOf(`notifications/${kind}/list_changed`)]),
) as unknown as Record<ListKind, NotificationFrame>;

function noticeOf(method: string): NotificationFrame {
  return { kind: 'notification', direction: 'down', message: { jsonrpc: '2.0', method } };
}

/** What the gate says where a list may have changed because the policies have. */
export function listChanged(kind: ListKind): NotificationFrame {
  return notices[kind];
}

/** True of what {@link listChanged} made, as opposed to an upstream's own. */
export function isOfGate(frame: Frame): boolean {
  return listKinds.some((kind) => notices[kind] === frame);
}

/** The lists that capabilities offer, as the client got them. */
export function listsIn(capabilities: Json | undefined): readonly ListKind[] {
  return isObject(capabilities)
    ? listKinds.filter((kind) => Object.hasOwn(capabilities, kind))
    : [];
}
