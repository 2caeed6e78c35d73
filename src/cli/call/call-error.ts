import { SdkHttpError } from '@modelcontextprotocol/client';
import { GateError } from '../../model/errors.ts';
import { isObject, type Json, parseJson, textMember } from '../../model/json.ts';
import { shown } from '../mcp-client/mcp-client-error.ts';

/** What kept a call from an answer, in words for whoever typed it. */
export function callError(error: unknown): unknown {
  if (!(error instanceof GateError)) return error;
  const { code, message, hint, cause } = error;
  if (code === 'AUTH_TOKEN_MISSING') {
    const how = 'set SALLYPORT_TOKEN, or name a file with --token-file';
    return new GateError(code, message, { hint: how, cause });
  }
  const said = cause instanceof SdkHttpError ? messageInBody(cause.data.text) : undefined;
  if (!(cause instanceof SdkHttpError) || said === undefined || cause.status === 401) return error;
  const text = `the server answered HTTP ${cause.status}: ${shown(said)}`;
  return new GateError(code, text, { ...(hint === undefined ? {} : { hint }), cause });
}

/** The message of a JSON-RPC error, where the body of an answer is one. */
function messageInBody(body: unknown): string | undefined {
  if (typeof body !== 'string') return undefined;
  let value: Json;
  try {
    value = parseJson(body);
  } catch {
    return undefined;
  }
  const error = isObject(value) ? value.error : undefined;
  return isObject(error) ? textMember(error, 'message') : undefined;
}
