import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Frame, NotificationFrame, RequestFrame } from '../../model/message.ts';
import { TASKS_EXTENSION, takesTasks } from '../../protocol/input-requests.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { metaKeys } from '../../protocol/meta.ts';
import { methodRow } from '../../protocol/methods.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { bodyOf, withBody } from '../frame-body.ts';
import type { Task, Tasks } from '../tasks.ts';
import { answerParts, unaskedParts } from './input-parts.ts';

/** Tasks that one subscription may name. */
const MAX_LISTENED = 256;

/** Only whoever began a task may name it. Clients have no tasks of their own: upstreams can't begin any. */
export function openTasks(tasks: Tasks): Stage {
  return (frame, exchange) => {
    if (frame.direction !== 'up' || frame.kind === 'error') return forward(frame);
    if (frame.kind === 'notification' && methodRow(frame.message.method).grant === 'task') {
      return { kind: 'drop', reason: 'upstreams have no tasks at clients' };
    }
    const known = withRelated(frame, (id) => tasks.open(id, exchange)?.id);
    return known.kind === 'request' ? openRequest(known, exchange, tasks) : forward(known);
  };
}

function openRequest(frame: RequestFrame, exchange: Exchange, tasks: Tasks): Verdict {
  const { method, params = {} } = frame.message;
  if (method === 'initialize') return forward(withoutClientTasks(frame, exchange));
  if (method === 'subscriptions/listen') return forward(listening(frame, exchange, tasks));
  if (method === 'tools/call' && params.task !== undefined) return forward(wish(frame, exchange));
  if (methodRow(method).grant !== 'task') return forward(frame);
  if (exchange.stateless && !takesTasks(params)) return undeclared(frame);
  const task = tasks.open(params.taskId, exchange);
  if (!task) return unfit(frame, 'Failed to retrieve task: Task not found');
  // What comes back may repeat what tokens stand for, and nothing could tell.
  if (task.forgetsGiven) return unfit(frame, 'the gate has forgotten what it put back in the call');
  tasks.adopt(task, exchange);
  exchange.task = task;
  return method === 'tasks/update' ? answered(frame, exchange, task, tasks) : forward(frame);
}

/** A client's wish for a task says how long it should be kept, and nothing that no rule sees (2025-11-25, tasks). */
function wish(frame: RequestFrame, { stateless }: Exchange): Frame {
  const { task, ...params } = frame.message.params ?? {};
  if (stateless || !isObject(task)) return withParams(frame, params);
  const ttl = typeof task.ttl === 'number' ? { ttl: task.ttl } : {};
  return withParams(frame, { ...params, task: ttl });
}

/** Upstreams are told from the beginning that the client takes no tasks. */
function withoutClientTasks(frame: RequestFrame, exchange: Exchange): Frame {
  const { params = {} } = frame.message;
  if (!isObject(params.capabilities) || params.capabilities.tasks === undefined) return frame;
  const { tasks: _, ...capabilities } = params.capabilities;
  exchange.note('masked', { what: 'capabilities.tasks', count: 1 });
  return withParams(frame, { ...params, capabilities });
}

/** Answers to what the task has asked for, each of which is judged as such. */
function answered(frame: RequestFrame, exchange: Exchange, task: Task, tasks: Tasks): Verdict {
  const { params = {} } = frame.message;
  const given = params.inputResponses;
  if (given === undefined) return forward(frame);
  if (!isObject(given)) return unfit(frame, '"inputResponses" is no object');
  const asked = tasks.asked(task, exchange);
  const answers = asked ? answerParts(given, asked, exchange) : unaskedParts(given, exchange);
  if (typeof answers === 'string') return unfit(frame, answers);
  const { parts, responses } = answers;
  exchange.carried = { parts };
  return forward(withParams(frame, { ...params, inputResponses: responses }));
}

/** A subscription hears of the caller's own tasks (extension, task status notifications). */
function listening(frame: RequestFrame, exchange: Exchange, tasks: Tasks): Frame {
  const { params = {} } = frame.message;
  const filter = params.notifications;
  if (!isObject(filter) || filter.taskIds === undefined) return frame;
  const wanted = isList(filter.taskIds) ? filter.taskIds : [];
  const own = wanted.slice(0, MAX_LISTENED).filter((id) => {
    const task = tasks.open(id, exchange);
    if (!task || task.forgetsGiven) return false;
    tasks.adopt(task, exchange);
    return true;
  });
  const count = wanted.length - own.length;
  if (count > 0) exchange.note('masked', { what: 'notifications.taskIds (foreign)', count });
  return withParams(frame, { ...params, notifications: { ...filter, taskIds: own } });
}

/** The params or result as the upstream gets them, with its own ids of tasks. */
export function withOwnTasks(frame: Frame, exchange: Exchange, tasks: Tasks): Frame {
  if (frame.kind === 'error') return frame;
  const ownOf = (id: Json | undefined) => tasks.open(id, exchange)?.own;
  const related = withRelated(frame, ownOf);
  if (related.kind !== 'request') return related;
  const { method, params = {} } = related.message;
  const task = methodRow(method).grant === 'task' ? exchange.task : undefined;
  if (task) return withParams(related, { ...params, taskId: task.own });
  const filter = method === 'subscriptions/listen' ? params.notifications : undefined;
  if (!isObject(filter) || !isList(filter.taskIds)) return related;
  const taskIds = filter.taskIds.flatMap((id) => ownOf(id) ?? []);
  return withParams(related, { ...params, notifications: { ...filter, taskIds } });
}

/** A frame whose `_meta` names the task under another id, or none where there is no such id. */
export function withRelated<F extends Exclude<Frame, { kind: 'error' }>>(
  frame: F,
  idOf: (id: Json | undefined) => string | undefined,
): F {
  const body = bodyOf(frame);
  const meta = body?._meta;
  if (!body || !isObject(meta) || meta[metaKeys.relatedTask] === undefined) return frame;
  const { [metaKeys.relatedTask]: before, ...others } = meta;
  const taskId = isObject(before) ? idOf(before.taskId) : undefined;
  const related = taskId === undefined ? {} : { [metaKeys.relatedTask]: { taskId } };
  return withBody(frame, { ...body, _meta: { ...others, ...related } });
}

function withParams<F extends RequestFrame | NotificationFrame>(frame: F, params: JsonObject): F {
  return withBody(frame, params);
}

/** Refused before the task is looked up: each request says anew what its client can do (extension, negotiation). */
function undeclared({ message: { id, method } }: RequestFrame): Verdict {
  const reason = `${method} needs the client to declare ${TASKS_EXTENSION}`;
  const data = { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } };
  return {
    kind: 'answer',
    reason,
    answer: errorAnswer(id, rpcCodes.missingCapability, reason, data),
  };
}

function unfit({ message: { id } }: RequestFrame, problem: string): Verdict {
  const answer = errorAnswer(id, rpcCodes.invalidParams, problem);
  return { kind: 'answer', reason: problem, answer };
}
