import type { JsonObject } from '../../model/json.ts';
import { about, closed, DURATION } from './json-schema-parts.ts';

const YES: JsonObject = { type: 'boolean' };
const PERSON: JsonObject = { type: 'string', pattern: '^(?:group|user):' };
const CHANNEL: JsonObject = { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]{0,31}$' };
const people: JsonObject = {
  anyOf: [PERSON, { type: 'array', minItems: 1, maxItems: 100, items: PERSON }],
};
const channels: JsonObject = { anyOf: [CHANNEL, { type: 'array', items: CHANNEL }] };

/** What a rule says of who may approve. */
export function approvalSchema(): JsonObject {
  return closed('Who may approve, and for how long.', {
    by: about(
      'Who may say yes: "group:NAME", "user:SUB"; left out: whoever has the role approver.',
      people,
    ),
    quorum: about('How many different people must; default: 1.', {
      ...{ type: 'integer', minimum: 1, maximum: 100 },
    }),
    expires: about('How long they have; default: 15m.', DURATION),
    window: about('How long the call may be made once they have; default: 10m.', DURATION),
    not_self: about('Nobody approves their own call; default: true.', YES),
    reason_required: about('Whoever says yes gives a reason; default: false.', YES),
    notify: about('Channels that are told; left out: all; []: none.', channels),
    break_glass: about('Who may approve their own call alone, with a reason.', people),
    standing: about(
      'Calls alike may be approved together, for so long at most; left out: each call by itself.',
      DURATION,
    ),
  });
}
