import { child, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import type { Effect } from '../../model/decision.ts';
import { defaultApproval } from '../approval/demand-of.ts';
import type { ApprovalSpec } from '../ast.ts';
import { placedTexts } from './placed-texts.ts';
import { readSpan } from './read-span.ts';

const APPROVAL_KEYS = [
  ...['by', 'quorum', 'expires', 'window', 'not_self'],
  ...['reason_required', 'notify', 'break_glass', 'standing'],
];
/** `group:NAME` or `user:SUB`, without control characters. */
const PERSON = /^(?:group|user):[^\p{Cc}]{1,256}$/u;
/** As the configuration names channels (src/config/schema/channels-schema.ts). */
const CHANNEL = /^[a-z0-9][a-z0-9_-]{0,31}$/;
const MOST_NAMED = 100;
/** Longer than anybody remembers what they are asked, or have allowed. */
const MOST_SPAN = '31d';

/** Reads what a rule says of who may approve. */
export function parseApproval(
  node: Node | undefined,
  then: Effect | undefined,
  reader: Reader,
): ApprovalSpec | undefined {
  if (!node) return undefined;
  if (then !== 'approve') {
    reader.error('APPROVAL_UNUSED', node.at, 'approval belongs to a rule with "then: approve"');
  }
  const map = reader.map(node, 'approval', APPROVAL_KEYS);
  if (!map) return undefined;
  const by = parsePeople(child(map, 'by'), 'by', reader);
  const span = (what: 'expires' | 'window' | 'standing') =>
    readSpan(child(map, what), { what, code: 'APPROVAL_SPAN', most: MOST_SPAN }, reader);
  const flag = (key: string) => reader.flag(child(map, key), key);
  const standing = span('standing');
  const notify = parseChannels(child(map, 'notify'), reader);
  const usual = defaultApproval;
  return {
    by,
    quorum: parseQuorum(child(map, 'quorum'), by, reader) ?? usual.quorum,
    expires: span('expires') ?? usual.expires,
    window: span('window') ?? usual.window,
    notSelf: flag('not_self') ?? usual.notSelf,
    breakGlass: parsePeople(child(map, 'break_glass'), 'break_glass', reader),
    reasonRequired: flag('reason_required') ?? usual.reasonRequired,
    ...(standing === undefined ? {} : { standing }),
    ...(notify === undefined ? {} : { notify }),
  };
}

/** People and groups, each once. */
function parsePeople(
  node: Node | undefined,
  what: 'by' | 'break_glass',
  reader: Reader,
): readonly string[] {
  if (!node) return [];
  if (node.kind === 'list' && (node.items.length === 0 || node.items.length > MOST_NAMED)) {
    const message =
      node.items.length === 0 ? `${what} names nobody` : `${what} names more than ${MOST_NAMED}`;
    const hint = what === 'by' ? 'leave it out to ask whoever has the role approver' : 'remove it';
    reader.error('APPROVAL_BY', node.at, message, node.items.length === 0 ? hint : 'name a group');
    return [];
  }
  const named = placedTexts(node, what, reader);
  for (const { text, at } of named) {
    if (PERSON.test(text)) continue;
    const hint = 'write group:NAME or user:SUB';
    reader.error('APPROVAL_BY', at, `${what} can't be ${JSON.stringify(text)}`, hint);
  }
  return [...new Set(named.map(({ text }) => text))];
}

/** A quorum is of different people, so that it can be too large for those who are named. */
function parseQuorum(
  node: Node | undefined,
  by: readonly string[],
  reader: Reader,
): number | undefined {
  const quorum = reader.number(node, 'quorum');
  if (node === undefined || quorum === undefined) return undefined;
  if (!Number.isInteger(quorum) || quorum < 1 || quorum > MOST_NAMED) {
    const message = `quorum must be a whole number from 1 to ${MOST_NAMED}`;
    reader.error('APPROVAL_QUORUM', node.at, message);
  } else if (by.length > 0 && quorum > by.length && by.every((one) => one.startsWith('user:'))) {
    const people = by.length === 1 ? 'is one person' : `are ${by.length} people`;
    const message = `quorum ${quorum} can never be reached: "by" ${people}`;
    reader.error('APPROVAL_QUORUM', node.at, message, 'name more people, or a group');
  } else {
    return quorum;
  }
  return undefined;
}

/** Names of channels; an empty list is none of them. */
function parseChannels(node: Node | undefined, reader: Reader): readonly string[] | undefined {
  if (!node) return undefined;
  const named = placedTexts(node, 'notify', reader);
  for (const { text, at } of named) {
    if (CHANNEL.test(text)) continue;
    const hint = 'use up to 32 lower-case letters, digits, hyphens and underscores';
    const message = `no channel can be called ${JSON.stringify(text)}`;
    reader.error('APPROVAL_NOTIFY', at, message, hint);
  }
  return [...new Set(named.map(({ text }) => text))];
}
