import { isList, isObject, type Json, type JsonObject, member } from '../model/json.ts';
import { URL_ELICITATION_REQUIRED } from './era-words.ts';
import { metaKeys, metaOf } from './meta.ts';
import { methodRow } from './methods.ts';

/** A request of an upstream's inside a result (2026-07-28, multi round-trip requests). */
export interface InputRequest {
  /** The upstream's own name for it, under which the client answers. */
  readonly key: string;
  readonly method: string;
  readonly params: JsonObject;
}

/** Requests that one result may carry. */
export const MAX_INPUTS = 64;
/** Characters of a key. */
const MAX_KEY = 256;

/** The capability of the tasks extension, and its name. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/**
 * The requests in the value of `inputRequests`, or what is wrong with it.
 *
 * @param params of the client's request: only what they declare may be asked for.
 */
export function inputRequestsOf(
  value: Json | undefined,
  params: JsonObject | undefined,
): readonly InputRequest[] | string {
  if (!isObject(value)) return '"inputRequests" is no object';
  const keys = Object.keys(value);
  if (keys.length > MAX_INPUTS) return `it asks more than ${MAX_INPUTS} things at once`;
  const requests: InputRequest[] = [];
  for (const key of keys) {
    const request = inputRequest(key, value[key]);
    if (typeof request === 'string') return request;
    const missing = undeclared(request, params);
    if (missing) return `it sends ${request.method}, and the client does not declare ${missing}`;
    requests.push(request);
  }
  return requests;
}

function inputRequest(key: string, value: Json | undefined): InputRequest | string {
  if (key.length > MAX_KEY) return `a key of "inputRequests" has more than ${MAX_KEY} characters`;
  const method = isObject(value) ? member(value, 'method') : undefined;
  if (!isObject(value) || typeof method !== 'string') return 'an input request has no method';
  if (!methodRow(method).asks) return 'an input request is none that a server may send';
  const params = member(value, 'params') ?? {};
  if (!isObject(params)) return 'the params of an input request are no object';
  return { key, method, params };
}

/** The capability that a request needs and the client has not declared; undefined where it has. */
function undeclared(
  { method, params }: InputRequest,
  from: JsonObject | undefined,
): string | undefined {
  const declared = capabilities(from);
  switch (method) {
    case 'sampling/createMessage': {
      if (!has(declared, 'sampling')) return 'sampling';
      const tools = params.tools !== undefined || params.toolChoice !== undefined;
      return tools && !has(declared, 'sampling', 'tools') ? 'sampling.tools' : undefined;
    }
    case 'roots/list':
      return has(declared, 'roots') ? undefined : 'roots';
    default: {
      const mode = params.mode ?? 'form';
      if (mode !== 'form' && mode !== 'url') return 'such a mode of elicitation';
      if (!has(declared, 'elicitation')) return 'elicitation';
      // An empty capability stands for forms (2026-07-28, elicitation, capabilities).
      const forms = mode === 'form' && !has(declared, 'elicitation', 'url');
      return forms || has(declared, 'elicitation', mode) ? undefined : `elicitation.${mode}`;
    }
  }
}

/** True of a client that takes tasks where it asked for results. */
export function takesTasks(params: JsonObject | undefined): boolean {
  return has(capabilities(params), 'extensions', TASKS_EXTENSION);
}

/** True of a client that can show its user a page (2026-07-28, elicitation, URL mode). */
export function takesVisits(params: JsonObject | undefined): boolean {
  return has(capabilities(params), 'elicitation', 'url');
}

function capabilities(params: JsonObject | undefined): Json | undefined {
  return member(metaOf(params), metaKeys.clientCapabilities);
}

function has(value: Json | undefined, ...path: readonly string[]): boolean {
  let at = value;
  for (const key of path) at = isObject(at) ? member(at, key) : undefined;
  return isObject(at);
}

/**
 * The URLs that an error sends the client to visit, each as the params of an `elicitation/create` (2025-11-25,
 * elicitation, -32042), or what is wrong with them; none where the error is another.
 */
export function visitsOf(error: JsonObject): readonly JsonObject[] | string {
  const { code, data } = error;
  if (code !== URL_ELICITATION_REQUIRED) return [];
  const visits = isObject(data) && isList(data.elicitations) ? data.elicitations : [];
  const fits = visits.length > 0 && visits.length <= MAX_INPUTS;
  return fits && visits.every(isVisit) ? visits : `an error ${code} names no URLs`;
}

function isVisit(value: Json): value is JsonObject {
  return isObject(value) && value.mode === 'url' && typeof value.url === 'string';
}
