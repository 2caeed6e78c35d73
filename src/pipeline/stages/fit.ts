import { fitOutput } from '../../mask/output-fit.ts';
import { compileOutputSchema, type OutputSchema } from '../../mask/output-schema.ts';
import { formatPath } from '../../mask/path.ts';
import { isObject, type Json, type JsonObject, withMember } from '../../model/json.ts';
import type { Frame } from '../../model/message.ts';
import { type Promised, valueAt, withValueAt } from '../carried.ts';
import type { PromisedOutput, ToolCatalog } from '../catalog.ts';
import { forward, type Stage } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import type { Pins } from '../pins.ts';
import { blockFor, refuse } from './decide.ts';
import { withBody } from './tasks.ts';

// Clients refuse a result that doesn't fit the tool's `outputSchema` (2025-06-18, tools, "Output Schema"), and what
// masks leave of one may not.

/** Compiled schemas that are kept; all are forgotten where there are more. */
const MAX_SCHEMAS = 1_000;
/** Places that a transcript names. */
const MAX_PLACES = 20;

/** Before masks: remembers the structured content of a tool that has promised what it is like. */
export function readPromise(
  catalog: ToolCatalog,
  pins: Pick<Pins, 'definition'> | undefined,
): Stage {
  const compiled = new Map<string, OutputSchema | undefined>();
  const schemaOf = ({ fingerprint, schema }: PromisedOutput): OutputSchema | undefined => {
    if (compiled.has(fingerprint)) return compiled.get(fingerprint);
    if (compiled.size >= MAX_SCHEMAS) compiled.clear();
    const made = compileOutputSchema(schema);
    compiled.set(fingerprint, made);
    return made;
  };
  return (frame, exchange) => {
    const tool = toolOf(exchange);
    const found = tool !== undefined && isMasked(exchange) ? structuredIn(frame, exchange) : [];
    if (tool === undefined || found.length === 0) return forward(frame);
    const output = promisedBy(exchange.upstream, tool, catalog, pins);
    const schema = output && schemaOf(output);
    // Where it didn't fit before, masks are not to blame, and the client says what it thinks of it.
    const promised = schema
      ? found.filter(({ content }) => schema.complaints(content).length === 0)
      : [];
    if (schema && promised.length > 0) {
      const withSchema = promised.map((one): Promised => ({ ...one, schema }));
      exchange.carried = { ...exchange.carried, promised: withSchema };
    }
    return forward(frame);
  };
}

/** After masks: what they have left of it fits again, or the result is refused. */
export const fitPromise: Stage = (frame, exchange) => {
  const { promised = [] } = exchange.carried;
  if (frame.kind === 'error' || promised.length === 0) return forward(frame);
  let body = bodyOf(frame);
  const places: string[] = [];
  for (const { path, schema, content } of promised) {
    const masked = body && valueAt(body, path);
    if (!body || masked === content) continue;
    const fitted = fitOutput(schema, masked ?? {});
    if (!fitted) return refuse(frame, UNFIT, exchange);
    if (fitted.value === masked) continue;
    body = withStructured(body, path.slice(0, -1), fitted.value);
    places.push(...fitted.places.map((place) => joined(path, place)));
  }
  if (!body || body === bodyOf(frame)) return forward(frame);
  const more = places.length - MAX_PLACES;
  const named = { places: places.slice(0, MAX_PLACES), ...(more > 0 ? { more } : {}) };
  exchange.note('masked', { what: 'outputSchema', count: places.length, ...named });
  return forward(withBody(frame, body));
};

const UNFIT = blockFor(
  "what masks leave of the result does not fit the tool's outputSchema; a mask with another masker (with: null, or { replace: … }) may",
);

/** Structured content of results: that of a call, of its task, or of an outcome inside of a task's state. */
function structuredIn(frame: Frame, exchange: Exchange): Omit<Promised, 'schema'>[] {
  const body = bodyOf(frame);
  if (!body) return [];
  const outcomes = exchange.carried.parts.filter(({ what }) => what.kind === 'outcome');
  const isResult = frame.kind === 'result' && RESULTS.includes(exchange.method);
  const results = [...(isResult ? [[]] : []), ...outcomes.map(({ path }) => path)];
  return results.flatMap((path) => {
    const at = [...path, 'structuredContent'];
    const content = valueAt(body, at);
    const fails = valueAt(body, [...path, 'isError']) === true;
    return content === undefined || fails ? [] : [{ path: at, content }];
  });
}

/** Their result is that of a tool. */
const RESULTS = ['tools/call', 'tasks/result'];

/** The tool whose result it is. */
function toolOf({ method, params, task }: Exchange): string | undefined {
  if (task) return task.tool;
  const name = method === 'tools/call' ? params?.name : undefined;
  return typeof name === 'string' ? name : undefined;
}

function isMasked({ decision, passing, carried }: Exchange): boolean {
  const due = [decision?.masks, passing?.masks, ...carried.parts.map(({ masks }) => masks)];
  return due.some((masks) => masks !== undefined && masks.length > 0);
}

/** A gate that was started again knows a tool by its pin. */
function promisedBy(
  upstream: string,
  tool: string,
  catalog: ToolCatalog,
  pins: Pick<Pins, 'definition'> | undefined,
): PromisedOutput | undefined {
  if (catalog.knows(upstream, tool)) return catalog.output(upstream, tool);
  const { fingerprint = '', definition } = pins?.definition(upstream, tool) ?? {};
  const schema: Json | undefined = definition?.outputSchema;
  const isSchema = typeof schema === 'object' && schema !== null;
  return isSchema ? { fingerprint, schema: schema as JsonObject } : undefined;
}

function bodyOf(frame: Frame): JsonObject | undefined {
  if (frame.kind === 'result') return frame.message.result;
  return frame.kind === 'notification' ? frame.message.params : undefined;
}

/** The structured content is put in where masks have removed the whole of it. */
function withStructured(body: JsonObject, at: Promised['path'], content: Json): JsonObject {
  const holder = valueAt(body, at);
  const changed = withMember(isObject(holder) ? holder : {}, 'structuredContent', content);
  return withValueAt(body, at, changed) as JsonObject;
}

function joined(path: readonly (string | number)[], place: string): string {
  const base = formatPath(path);
  if (place === '') return base;
  return place.startsWith('[') ? `${base}${place}` : `${base}.${place}`;
}
