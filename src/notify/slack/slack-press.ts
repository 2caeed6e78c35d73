import {
  deeperThan,
  isList,
  isObject,
  type JsonObject,
  parseJson,
  textMember,
} from '../../model/json.ts';

/** A button that somebody has pressed. */
export interface SlackPress {
  /** Slack's id of the user. */
  readonly user: string;
  readonly verdict: 'approve' | 'deny';
  readonly approval: string;
  /** The message that the button is in. */
  readonly message?: SlackPlace | undefined;
}

/** Where a message is: its channel, and its time, which is its name there. */
export interface SlackPlace {
  readonly channel: string;
  readonly ts: string;
}

const MAX_DEPTH = 64;

/** What was pressed; undefined where the request is about something else, such as a link that was followed. */
export function pressIn(body: Buffer): SlackPress | undefined {
  const payload = payloadIn(body);
  if (payload?.type !== 'block_actions') return undefined;
  const { actions, user, container } = payload;
  const [action] = isList(actions) ? actions : [];
  if (!isObject(action) || !isObject(user)) return undefined;
  const id = textMember(user, 'id');
  const approval = textMember(action, 'value');
  const verdict = textMember(action, 'action_id');
  if (id === undefined || approval === undefined) return undefined;
  if (verdict !== 'approve' && verdict !== 'deny') return undefined;
  return {
    user: id,
    verdict,
    approval,
    message: isObject(container) ? placeIn(container) : undefined,
  };
}

function payloadIn(body: Buffer): JsonObject | undefined {
  const text = new URLSearchParams(body.toString('utf8')).get('payload') ?? '';
  if (deeperThan(text, MAX_DEPTH)) return undefined;
  try {
    const payload = parseJson(text);
    return isObject(payload) ? payload : undefined;
  } catch {
    return undefined;
  }
}

function placeIn(container: JsonObject): SlackPlace | undefined {
  const channel = textMember(container, 'channel_id');
  const ts = textMember(container, 'message_ts');
  return channel === undefined || ts === undefined ? undefined : { channel, ts };
}
