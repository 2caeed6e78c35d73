import type { Json, JsonObject } from '../../model/json.ts';
import type {
  AnswerFrame,
  ErrorAnswer,
  ErrorFrame,
  NotificationFrame,
  RequestFrame,
  RequestId,
  ResultFrame,
} from '../../model/message.ts';
import type { GuardedSink } from '../channel/guarded-sink.ts';

/** A JSON-RPC error without its envelope. */
export type RpcError = ErrorAnswer['error'];

export function rpcError(code: number, message: string, data?: Json): RpcError {
  return { code, message, ...(data === undefined ? {} : { data }) };
}

/** A request to an upstream. */
export function requestUp(id: RequestId, method: string, params?: JsonObject): RequestFrame {
  const body = params === undefined ? {} : { params };
  return { kind: 'request', direction: 'up', message: { jsonrpc: '2.0', id, method, ...body } };
}

/** A notification to an upstream. */
export function notificationUp(method: string, params?: JsonObject): NotificationFrame {
  const body = params === undefined ? {} : { params };
  return { kind: 'notification', direction: 'up', message: { jsonrpc: '2.0', method, ...body } };
}

/** The answer to an upstream's request. */
export function resultUp(id: RequestId, result: JsonObject): ResultFrame {
  return { kind: 'result', direction: 'up', message: { jsonrpc: '2.0', id, result } };
}

export function errorUp(id: RequestId, error: RpcError): ErrorFrame {
  return { kind: 'error', direction: 'up', message: { jsonrpc: '2.0', id, error } };
}

/** A question of an upstream to a client. */
export function requestDown(id: RequestId, method: string, params?: JsonObject): RequestFrame {
  return { ...requestUp(id, method, params), direction: 'down' };
}

export function notificationDown(method: string, params?: JsonObject): NotificationFrame {
  return { ...notificationUp(method, params), direction: 'down' };
}

/** The answer to a client's request. */
export function resultDown(id: RequestId, result: JsonObject): ResultFrame {
  return { kind: 'result', direction: 'down', message: { jsonrpc: '2.0', id, result } };
}

export function errorDown(id: RequestId, error: RpcError): ErrorFrame {
  return { kind: 'error', direction: 'down', message: { jsonrpc: '2.0', id, error } };
}

/** Gives a call its answer, and ends it once that is taken. */
export function finish(sink: GuardedSink, answer: AnswerFrame, session?: string): void {
  sink.open({ streamed: false, ...(session === undefined ? {} : { session }) });
  const taken = sink.frame(answer);
  if (taken) void taken.then(() => sink.end());
  else sink.end();
}

/** A message that has no answer was taken. */
export function accept(sink: GuardedSink): void {
  sink.open({ streamed: false });
  sink.end();
}
