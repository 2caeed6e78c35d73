import type { Place } from '../../mask/place/place.ts';
import { errorPlace, listedTaskPlace, paramsPlace, resultPlace } from '../../mask/place/places.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { Frame } from '../../model/message.ts';
import type { Exchange } from '../exchange.ts';
import { bodyOf, withBody } from '../frame-body.ts';
import type { TokenLedger } from './token-ledger.ts';

/** What the gate itself takes away or makes anew, so that no client sees it, and upstreams need it as it is. */
const taken = {
  taskId: 'wire',
  task: { members: { taskId: 'wire' } },
  tasks: listedTaskPlace,
  requestState: 'wire',
  resultType: 'wire',
  inputRequests: { rest: { members: { method: 'wire' } } },
} satisfies Record<string, Place>;

/**
 * What an upstream sends, with tokens in the place of all that it was given for them. It comes before anything else
 * looks at it, so that not even a record of what was stopped has it in the clear.
 */
export function concealed(frame: Frame, exchange: Exchange, ledger: TokenLedger): Frame {
  if (frame.direction !== 'down') return frame;
  const concealers = ledger.concealers(exchange, exchange.given, isOfSession(frame, exchange));
  if (concealers.length === 0) return frame;
  const given = new Set(concealers.flatMap(({ tokens }) => [...tokens]));
  exchange.masking = { ...exchange.masking, given };
  const hide = (value: Json, place: Place) => {
    return concealers.reduce((hidden, concealer) => concealer.conceal(hidden, place), value);
  };
  if (frame.kind === 'error') {
    const { code, ...told } = frame.message.error;
    const hidden = hide(told, errorPlace);
    if (hidden === told) return frame;
    const error = { code, message: '', ...(isObject(hidden) ? hidden : {}) };
    const { source: _, ...rest } = frame;
    return { ...rest, message: { ...frame.message, error } };
  }
  const body = bodyOf(frame);
  if (!body) return frame;
  const hidden = hide(body, placeOf(frame, exchange));
  return hidden === body ? frame : withBody(frame, isObject(hidden) ? hidden : {});
}

function placeOf(frame: Frame, { method }: Exchange): Place {
  if ('method' in frame.message) return paramsPlace(frame.message.method);
  const place = resultPlace(method);
  const members = typeof place === 'object' ? place.members : {};
  return { ...(typeof place === 'object' ? place : {}), members: { ...members, ...taken } };
}

/**
 * The handshake, and lists of what can be called: they are much the same for everybody, and what looks in them like what
 * a call has given is so by chance.
 */
const FOR_ALL = new Set(['initialize', 'server/discover', 'ping', 'tools/list', 'prompts/list']);

function isOfSession({ message }: Frame, { method }: Exchange): boolean {
  return 'method' in message ? message.method.endsWith('/list_changed') : FOR_ALL.has(method);
}
