import { MAX_SCHEMA } from '../../mask/fit/output-schema.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Frame } from '../../model/message.ts';
import { type Promised, valueAt } from '../carried.ts';
import type { PromisedOutput, ToolCatalog } from '../catalog.ts';
import { forward, type Stage } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { bodyOf, withBody } from '../frame-body.ts';
import type { Pins } from '../pins.ts';
import { schemaSize } from '../schema-size.ts';
import { blockFor, refuse } from './decide.ts';
import { fitBody } from './fit-body.ts';

// Clients refuse a result that doesn't fit the tool's `outputSchema` (2025-06-18, tools, "Output Schema"), and what
// masks leave of one may not.

/** Places that a transcript names. */
const MAX_PLACES = 20;

/** Before masks: remembers the structured content of a tool that has promised what it is like. */
export function readPromise(
  catalog: ToolCatalog,
  pins: Pick<Pins, 'definition'> | undefined,
): Stage {
  return (frame, exchange) => {
    const tool = toolOf(exchange);
    const found = tool !== undefined && isMasked(exchange) ? structuredIn(frame, exchange) : [];
    if (tool === undefined || found.length === 0) return forward(frame);
    const output = promisedBy(exchange.upstream, tool, catalog, pins);
    if (output && schemaSize(output.schema) <= MAX_SCHEMA) {
      const promised = found.map((one): Promised => ({ ...one, output }));
      exchange.carried = { ...exchange.carried, promised };
    }
    return forward(frame);
  };
}

/** After masks: what they have left of it fits again, or the result is refused. */
export const fitPromise: Stage = (frame, exchange) => {
  const { promised = [], fit } = exchange.carried;
  if (frame.kind === 'error' || promised.length === 0) return forward(frame);
  const body = bodyOf(frame);
  if (!body) return forward(frame);
  const { body: fitted, places, unfit, unknown } = fit ?? fitBody(body, promised);
  if (unfit) return refuse(frame, UNFIT, exchange);
  if (unknown) exchange.note('masked', { what: 'outputSchema (too much to look at)', count: 0 });
  if (places.length > 0) {
    const more = places.length - MAX_PLACES;
    const named = { places: places.slice(0, MAX_PLACES), ...(more > 0 ? { more } : {}) };
    exchange.note('masked', { what: 'outputSchema', count: places.length, ...named });
  }
  return forward(fitted && fitted !== body ? withBody(frame, fitted) : frame);
};

const UNFIT = blockFor(
  "what masks leave of the result does not fit the tool's outputSchema; a mask with another masker (with: null, or { replace: … }) may",
);

/** Structured content of results: that of a call, of its task, or of an outcome inside of a task's state. */
function structuredIn(frame: Frame, exchange: Exchange): Omit<Promised, 'output'>[] {
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
