import type { Json, JsonObject } from '../../model/json.ts';

/** A JSON-RPC error that a server answered. */
export interface McpError {
  readonly code: number;
  readonly message: string;
  readonly data?: Json;
}

/** What a server said to a request: a result (of a tool its `isError` included), or a JSON-RPC error. */
export type McpAnswer =
  | { readonly result: JsonObject; readonly error?: never }
  | { readonly result?: never; readonly error: McpError };

/** All that a server has of a kind, or the JSON-RPC error that one of its pages was. */
export type McpList =
  | { readonly items: readonly JsonObject[]; readonly error?: never }
  | { readonly items?: never; readonly error: McpError };
