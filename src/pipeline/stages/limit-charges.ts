import type { Decision, LimitClaim } from '../../model/decision.ts';
import { principalOf } from '../../model/identity.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Frame } from '../../model/message.ts';
import { digestOf } from '../../protocol/canonical.ts';
import type { Charge } from '../carried.ts';
import type { Exchange } from '../exchange.ts';

/** Notifications without which a session, a call or a stream doesn't begin or end. They are never dropped for a limit. */
const UNCOUNTED = new Set([
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/elicitation/complete',
  'notifications/subscriptions/acknowledged',
]);

const NONE: readonly Charge[] = [];
const NO_CLAIMS: readonly LimitClaim[] = [];

/** What a judged request claims of limits. */
export function chargeOf(decision: Decision, once?: string): Charge {
  const { limits, shadowLimits = NO_CLAIMS } = decision;
  return { claims: limits, shadow: shadowLimits, ...(once === undefined ? {} : { once }) };
}

/** Adds what a request inside the message that is passing claims. */
export function carryCharge(charge: Charge, exchange: Exchange): void {
  if (charge.claims.length + charge.shadow.length === 0) return;
  const { charges = [] } = exchange.carried;
  exchange.carried = { ...exchange.carried, charges: together([...charges, charge]) };
}

/** Requests in one message go on all or none, so what they claim is taken so, too. */
function together(charges: readonly Charge[]): readonly Charge[] {
  const plain = charges.filter(({ once }) => once === undefined);
  if (plain.length < 2) return charges;
  const claims = plain.flatMap((charge) => charge.claims);
  const shadow = plain.flatMap((charge) => charge.shadow);
  return [{ claims, shadow }, ...charges.filter(({ once }) => once !== undefined)];
}

/** All that a frame claims: for itself where it is a request or a notification, and for the requests inside it. */
export function chargesOf(frame: Frame, { passing, carried }: Exchange): readonly Charge[] {
  const inside = carried.charges ?? NONE;
  if (!passing || frame.kind === 'result' || frame.kind === 'error') return inside;
  if (isNeverCounted(frame.kind, frame.message.method)) return inside;
  const { limits, shadowLimits = NO_CLAIMS } = passing;
  if (limits.length + shadowLimits.length === 0) return inside;
  return together([{ claims: limits, shadow: shadowLimits }, ...inside]);
}

/** True of a message that no limit counts, whatever rules say of it. */
export function isNeverCounted(kind: Frame['kind'], method: string): boolean {
  return kind === 'notification' && UNCOUNTED.has(method);
}

/** What a task's question is known by: whoever asks for the task gets it again each time, until it is answered. */
export function questionName(
  key: string,
  { method, params }: { readonly method: string; readonly params: JsonObject },
  exchange: Exchange,
): string | undefined {
  const place = questionPlace(key, exchange);
  return place && `${place} ${digestOf([method, params])}`;
}

/** Where a question of a task stands, whatever it asks; undefined outside of tasks. */
export function questionPlace(key: string, exchange: Exchange): string | undefined {
  const task = exchange.carried.task ?? exchange.task;
  if (!task) return undefined;
  const { upstream, identity, session } = exchange;
  return digestOf(['question', upstream, principalOf(identity), session.name, task.own, key]);
}

/** The place in what {@link questionName} gives. */
export function placeOfQuestion(name: string): string {
  return name.split(' ', 1)[0] ?? name;
}

/** What a call is known by that its client sends again with what it was asked for; undefined of any other. */
export function resumptionName(frame: Frame, { carried, sent }: Exchange): string | undefined {
  if (frame.direction !== 'up') return undefined;
  const resumed = carried.parts.some(({ path }) => path[0] === 'requestState');
  const state = sent?.requestState;
  return resumed && typeof state === 'string' ? digestOf(['resumption', state]) : undefined;
}

/** Something that happens once in so many milliseconds. */
export function onceIn(per: number, key: string): LimitClaim {
  return { rule: '', key, calls: 1, per };
}
