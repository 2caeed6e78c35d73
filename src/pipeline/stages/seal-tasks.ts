import { listedTaskPlace } from '../../mask/place/places.ts';
import type { MaskObligation } from '../../model/decision.ts';
import { isList, isObject, type JsonObject } from '../../model/json.ts';
import type { Frame, NotificationFrame, RequestFrame, ResultFrame } from '../../model/message.ts';
import { takesTasks } from '../../protocol/input-requests.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { ToolCatalog } from '../catalog.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { withBody } from '../frame-body.ts';
import { MAX_TASK_ID, type Tasks } from '../tasks.ts';
import { decideTask, union } from './decide.ts';
import { broke, withOutcome } from './input-parts.ts';
import { withRelated } from './tasks.ts';

/** Gives clients ids of tasks that only they can use, before anything else sees those of upstreams. */
export function sealTasks(tasks: Tasks, catalog: ToolCatalog): Stage {
  return (frame, exchange) => {
    if (frame.direction !== 'down' || frame.kind === 'error') return forward(frame);
    const related = withRelated(frame, (own) => tasks.find(own, exchange)?.id);
    switch (related.kind) {
      case 'request':
        return sealRequest(related, exchange);
      case 'notification':
        return sealNotice(related, exchange, tasks);
      case 'result':
        return sealResult(related, exchange, tasks, catalog);
    }
  };
}

/** Clients have no tasks, so what an upstream asks is asked as if it were not to become one (2025-11-25, tasks). */
function sealRequest(frame: RequestFrame, exchange: Exchange): Verdict {
  const { id, method, params } = frame.message;
  if (method.startsWith('tasks/')) {
    const reason = 'clients have no tasks';
    const answer = errorAnswer(id, rpcCodes.methodNotFound, 'Method not found');
    return { kind: 'answer', reason, answer };
  }
  if (!methodRow(method).asks || params?.task === undefined) return forward(frame);
  const { task: _, ...rest } = params;
  exchange.note('masked', { what: 'params.task', count: 1 });
  return forward(withBody(frame, rest));
}

function sealNotice(frame: NotificationFrame, exchange: Exchange, tasks: Tasks): Verdict {
  const { method, params = {} } = frame.message;
  if (method === 'notifications/subscriptions/acknowledged') {
    return forward(acknowledged(frame, exchange, tasks));
  }
  if (methodRow(method).grant !== 'task') return forward(frame);
  const task = tasks.find(params.taskId, exchange);
  if (!task) return { kind: 'drop', reason: 'the task is none of this caller, or forgotten' };
  const opened = withOutcome(params, exchange.sent ?? task.call);
  if (typeof opened === 'string') return broke(frame, opened, exchange);
  tasks.ask(task, exchange, opened.requests);
  exchange.carried = { parts: opened.parts, task };
  return forward(withBody(frame, { ...opened.body, taskId: task.id }));
}

function acknowledged(frame: NotificationFrame, exchange: Exchange, tasks: Tasks): Frame {
  const { params = {} } = frame.message;
  const filter = params.notifications;
  if (!isObject(filter) || filter.taskIds === undefined) return frame;
  const owns = isList(filter.taskIds) ? filter.taskIds : [];
  const taskIds = owns.flatMap((own) => tasks.find(own, exchange)?.id ?? []);
  return withBody(frame, { ...params, notifications: { ...filter, taskIds } });
}

function sealResult(
  frame: ResultFrame,
  exchange: Exchange,
  tasks: Tasks,
  catalog: ToolCatalog,
): Verdict {
  const { result } = frame.message;
  switch (exchange.method) {
    case 'tools/call':
      return begins(result, exchange) ? sealBegun(frame, exchange, tasks) : forward(frame);
    case 'tasks/list':
      return forward(sealList(frame, exchange, tasks, catalog));
    case 'tasks/get':
    case 'tasks/cancel':
    case 'tasks/update':
      return sealState(frame, exchange, tasks);
    default:
      return forward(frame);
  }
}

/** True of a result that is a task: the client asked for one (2025-11-25), or the upstream chose to (the extension). */
function begins({ resultType, task }: JsonObject, { stateless, params }: Exchange): boolean {
  if (stateless) return resultType === 'task';
  return isObject(params?.task) && isObject(task);
}

function sealBegun(frame: ResultFrame, exchange: Exchange, tasks: Tasks): Verdict {
  const { result } = frame.message;
  const { stateless, reached, params, sent } = exchange;
  if (stateless && !takesTasks(sent)) {
    return broke(frame, 'it makes a task of the call, and the client takes none', exchange);
  }
  const nested = result.task;
  const own = isObject(nested) && !stateless ? nested.taskId : result.taskId;
  if (typeof own !== 'string' || own === '' || own.length > MAX_TASK_ID) {
    return broke(frame, 'its task has no id, or one that is too long', exchange);
  }
  const opened = stateless ? withOutcome(result, sent) : plain(result);
  if (typeof opened === 'string') return broke(frame, opened, exchange);
  const task = tasks.begin(own, exchange, reached ?? params ?? {});
  tasks.ask(task, exchange, opened.requests);
  exchange.carried = { parts: opened.parts, interim: true, begins: true };
  const taskId = task.id;
  const named =
    isObject(nested) && !stateless
      ? { ...withoutId(opened.body), task: { ...nested, taskId } }
      : { ...withoutTask(opened.body), taskId };
  return forward(withBody(frame, named));
}

/** A task's state names the task that was asked for, and no other. */
function sealState(frame: ResultFrame, exchange: Exchange, tasks: Tasks): Verdict {
  const { task } = exchange;
  const { taskId } = frame.message.result;
  if (!task || (taskId !== undefined && taskId !== task.own)) {
    return broke(frame, 'it answers for another task', exchange);
  }
  const opened = withOutcome(frame.message.result, exchange.sent);
  if (typeof opened === 'string') return broke(frame, opened, exchange);
  tasks.ask(task, exchange, opened.requests);
  exchange.carried = { parts: opened.parts, interim: true };
  const named = taskId === undefined ? opened.body : { ...opened.body, taskId: task.id };
  return forward(withBody(frame, named));
}

/** Of a list of tasks those stay that the caller began here and may still know of. */
function sealList(
  frame: ResultFrame,
  exchange: Exchange,
  tasks: Tasks,
  catalog: ToolCatalog,
): Frame {
  const { result } = frame.message;
  const listed = isList(result.tasks) ? result.tasks : [];
  let masks: readonly MaskObligation[] = [];
  const kept = listed.flatMap((item): JsonObject[] => {
    const task = isObject(item) ? tasks.find(item.taskId, exchange) : undefined;
    if (!task || !isObject(item)) return [];
    const decision = decideTask(task, 'tasks/get', exchange, catalog);
    if (decision.effect !== 'allow') return [];
    masks = union(masks, decision.masks);
    const { inputRequests: _, result: __, error: ___, ...state } = item;
    return [{ ...state, taskId: task.id }];
  });
  const count = listed.length - kept.length;
  if (count > 0) exchange.note('masked', { what: 'tasks (pruned)', count });
  const list = { what: { kind: 'own' }, path: ['tasks'], place: listedTaskPlace, masks } as const;
  exchange.carried = { parts: [list] };
  return withBody(frame, { ...result, tasks: kept });
}

function plain(body: JsonObject) {
  return { body, parts: [], requests: [] };
}

function withoutId({ taskId: _, ...body }: JsonObject): JsonObject {
  return body;
}

function withoutTask({ task: _, ...body }: JsonObject): JsonObject {
  return body;
}
