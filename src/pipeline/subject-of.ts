import type { JsonObject } from '../model/json.ts';
import {
  ABSENT,
  type Subject,
  type Target,
  UNAVAILABLE,
  UNKNOWN,
  type Value,
} from '../policy/subject.ts';
import { argsOf, targetOf } from '../protocol/methods.ts';
import type { ToolCatalog } from './catalog.ts';
import type { Exchange } from './exchange.ts';
import type { Task } from './tasks.ts';

/** What policy is asked about a message of an exchange. */
export function subjectOf(
  exchange: Exchange,
  catalog: ToolCatalog,
  message: { readonly method: string; readonly params?: JsonObject; readonly result: Value },
): Subject {
  const { method, params, result } = message;
  const target = targetOf(method, params);
  return {
    identity: exchange.identity,
    request: requestFacts(exchange, method),
    target,
    client: exchange.session.client,
    args: argsOf(method, params) ?? ABSENT,
    meta: params?._meta ?? ABSENT,
    result,
    tool: toolFor(exchange, catalog, target),
  };
}

/** What policy is asked about the call that made a task. What the gate has forgotten of it can't be judged. */
export function callSubject(
  exchange: Exchange,
  catalog: ToolCatalog,
  { tool, call }: Task,
  result: Value,
): Subject {
  const params = { ...call, name: tool };
  const subject = subjectOf(exchange, catalog, { method: 'tools/call', params, result });
  return call ? subject : { ...subject, args: UNAVAILABLE, meta: UNAVAILABLE };
}

/** What policy is asked about an item of a list: the same caller, arguments left open. */
export function listedSubject(
  exchange: Exchange,
  method: string,
  target: Target,
  tool: Value,
): Subject {
  return {
    identity: exchange.identity,
    request: requestFacts(exchange, method),
    target,
    client: exchange.session.client,
    args: UNKNOWN,
    meta: UNKNOWN,
    result: UNKNOWN,
    tool,
  };
}

function requestFacts({ upstream, session, now }: Exchange, method: string): Subject['request'] {
  const { protocol, ip } = session;
  return {
    upstream,
    method,
    now: now(),
    ...(protocol === undefined ? {} : { protocol }),
    ...(ip === undefined ? {} : { ip }),
  };
}

/** What rules may read of the tool that is named. */
export function toolFor({ upstream }: Exchange, catalog: ToolCatalog, target: Target): Value {
  if (target.kind !== 'tools') return ABSENT;
  return catalog.facts(upstream, target.name) ?? UNAVAILABLE;
}
