import type { Json, JsonObject } from './json.ts';

/** A JSON-RPC 2.0 request id. MCP forbids null ids on requests. */
export type RequestId = string | number;

export interface Request {
  readonly jsonrpc: '2.0';
  readonly id: RequestId;
  readonly method: string;
  readonly params?: JsonObject;
}

export interface Notification {
  readonly jsonrpc: '2.0';
  readonly method: string;
  readonly params?: JsonObject;
}

export interface Result {
  readonly jsonrpc: '2.0';
  readonly id: RequestId;
  readonly result: JsonObject;
}

export interface ErrorAnswer {
  readonly jsonrpc: '2.0';
  readonly id: RequestId | null;
  readonly error: { readonly code: number; readonly message: string; readonly data?: Json };
}

/** `up` is from the client towards the upstream, `down` the other way. */
export type Direction = 'up' | 'down';

interface FrameOf<Kind extends string, M> {
  readonly kind: Kind;
  readonly direction: Direction;
  readonly message: M;
  /** The text it arrived as, as long as nothing has changed the message since. */
  readonly source?: string;
}

export type RequestFrame = FrameOf<'request', Request>;
export type NotificationFrame = FrameOf<'notification', Notification>;
export type ResultFrame = FrameOf<'result', Result>;
export type ErrorFrame = FrameOf<'error', ErrorAnswer>;

/** One JSON-RPC message on its way through the gate. */
export type Frame = RequestFrame | NotificationFrame | ResultFrame | ErrorFrame;
export type Message = Frame['message'];
/** A frame that ends a request. */
export type AnswerFrame = ResultFrame | ErrorFrame;

/** The text to send for a frame: what came in while unchanged, otherwise the message written anew. */
export function frameText(frame: Frame): string {
  return frame.source ?? JSON.stringify(frame.message);
}
