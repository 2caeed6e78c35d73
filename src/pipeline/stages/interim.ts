import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Frame } from '../../model/message.ts';
import { methodRow } from '../../protocol/methods.ts';
import { forward, type Stage } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { bodyOf, withBody } from '../frame-body.ts';

/** Members of a body that need no look into them: each is one value. */
type Plain = ReadonlySet<string>;
/** Members that are judged by themselves, and `_meta`. */
type Deep = ReadonlySet<string>;
interface Shape {
  readonly plain: Plain;
  readonly deep: Deep;
}

/** A task in all revisions that have them (2025-11-25, `Task`; the extension, `Task`). */
const taskMembers = [
  ...['taskId', 'status', 'statusMessage', 'createdAt', 'lastUpdatedAt'],
  ...['ttl', 'ttlMs', 'pollInterval', 'pollIntervalMs'],
];
const shapes = {
  /** 2026-07-28, `InputRequiredResult`. */
  question: shape(['resultType', 'requestState'], ['inputRequests', '_meta']),
  /** A state of a task, and the extension's answer to a call that was made one. */
  state: shape(['resultType', ...taskMembers], ['result', 'error', 'inputRequests', '_meta']),
  /** 2025-11-25, `CreateTaskResult`. Nothing but the task is looked into. */
  begun: shape(['resultType'], ['task', '_meta']),
  task: shape(taskMembers, []),
} satisfies Record<string, Shape>;

/**
 * Takes off what the protocol doesn't know of a result that says it is not the result yet, and of news of a task. Rules
 * on results don't wait for these, so whatever else they bring would go by them.
 */
export const plainInterim: Stage = (frame, exchange) => {
  if (frame.direction !== 'down' || frame.kind === 'error') return forward(frame);
  const body = bodyOf(frame) ?? {};
  const listed = frame.kind === 'result' && exchange.method === 'tasks/list';
  const shape = shapeOf(frame, exchange);
  const { value, count } = listed ? withTasks(body) : shape ? reduced(body, shape) : keep(body);
  if (count === 0) return forward(frame);
  exchange.note('masked', { what: 'members of an interim result (unknown)', count });
  return forward(withBody(frame, value));
};

function shapeOf(frame: Frame, { carried, method, stateless }: Exchange): Shape | undefined {
  switch (frame.kind) {
    case 'notification':
      return methodRow(frame.message.method).grant === 'task' ? shapes.state : undefined;
    case 'result':
      if (!carried.interim) return undefined;
      if (carried.begins) return stateless ? shapes.state : shapes.begun;
      return methodRow(method).grant === 'task' ? shapes.state : shapes.question;
    default:
      return undefined;
  }
}

interface Reduced {
  readonly value: JsonObject;
  /** Members that were taken off. */
  readonly count: number;
}

/** A list of tasks (2025-11-25, `ListTasksResult`): each item belongs to a call that its own rules judge. */
function withTasks(body: JsonObject): Reduced {
  const items = isList(body.tasks) ? body.tasks.filter(isObject) : [];
  const tasks = items.map((item) => reduced(item, shapes.task));
  const count = tasks.reduce((sum, task) => sum + task.count, 0);
  return { value: { ...body, tasks: tasks.map(({ value }) => value) }, count };
}

function keep(value: JsonObject): Reduced {
  return { value, count: 0 };
}

/** What is known of a body. */
function reduced(body: JsonObject, { plain, deep }: Shape): Reduced {
  const kept: [string, Json][] = [];
  let count = 0;
  for (const [name, value] of Object.entries(body)) {
    const known = deep.has(name) || (plain.has(name) && !isObject(value) && !isList(value));
    if (!known) {
      count++;
    } else if (name === 'task' && isObject(value)) {
      const task = reduced(value, shapes.task);
      kept.push([name, task.value]);
      count += task.count;
    } else {
      kept.push([name, value]);
    }
  }
  return { value: Object.fromEntries(kept), count };
}

function shape(plain: readonly string[], deep: readonly string[]): Shape {
  return { plain: new Set(plain), deep: new Set(deep) };
}
