import { isList, isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { targetOf } from '../../protocol/methods.ts';

/** What a message does, in a few words. */
export function messageTitle(message: JsonObject): string {
  const { method, params, result, error } = message;
  if (typeof method === 'string') return sentTitle(method, isObject(params) ? params : {});
  if (isObject(result)) return resultTitle(result);
  if (isObject(error)) return `answers with error ${text(error.code)}: ${text(error.message)}`;
  return 'says';
}

function sentTitle(method: string, params: JsonObject): string {
  switch (method) {
    case 'notifications/progress':
      return progressTitle(params);
    case 'notifications/message':
      return `log, ${[params.level, params.logger].filter(isText).join(' of ')}`;
    case 'notifications/cancelled':
      return isText(params.reason) ? `gives up: ${params.reason}` : 'gives up';
    default:
      return namedTitle(method, params);
  }
}

/** The method and what it names. */
function namedTitle(method: string, params: JsonObject): string {
  const { kind, name } = targetOf(method, params);
  return kind === 'methods' ? method : `${method} ${name}`;
}

function progressTitle({ progress, total, message }: JsonObject): string {
  const of = total === undefined ? '' : ` of ${text(total)}`;
  return `progress ${text(progress)}${of}${isText(message) ? `: ${message}` : ''}`;
}

function resultTitle(result: JsonObject): string {
  if (result.isError === true) return 'answers: the tool reports an error';
  const { resultType, action, model, serverInfo, task } = result;
  if (resultType === 'input_required') return 'answers: it needs input first';
  if (isText(action)) return `answers: ${action}`;
  if (isText(model)) return `answers with what the model ${model} says`;
  if (isObject(task) && isText(task.status)) return `answers: a task, ${task.status}`;
  const server = isObject(serverInfo) ? [serverInfo.name, serverInfo.version].filter(isText) : [];
  if (server.length > 0) return `answers: the server is ${server.join(' ')}`;
  const listed = LISTS.find((name) => isList(member(result, name)));
  return listed === undefined ? 'answers' : `answers with ${countText(result[listed], listed)}`;
}

/** Members of results that are lists of what an upstream has. */
export const LISTS = ['tools', 'resources', 'resourceTemplates', 'prompts', 'roots', 'tasks'];
const SINGLE: Readonly<Record<string, string>> = { resourceTemplates: 'resource template' };

function countText(list: Json | undefined, name: string): string {
  const count = isList(list) ? list.length : 0;
  const noun = SINGLE[name] ?? name.replace(/s$/, '');
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
