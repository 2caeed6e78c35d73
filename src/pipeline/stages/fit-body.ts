import { fitOutput } from '../../mask/fit/output-fit.ts';
import { compileOutputSchema, type OutputSchema } from '../../mask/fit/output-schema.ts';
import { formatPath } from '../../mask/place/path.ts';
import { isObject, type Json, type JsonObject, withMember } from '../../model/json.ts';
import { type Fit, type Promised, valueAt, withValueAt } from '../carried.ts';
import type { PromisedOutput } from '../catalog.ts';

/** What may be spent on one message by the thread that serves calls, and by another. */
const FIT_HERE = 100_000;
export const FIT_ASIDE = 10_000_000;
/** Compiled schemas that are kept; all are forgotten where there are more. */
const MAX_SCHEMAS = 200;
const compiled = new Map<string, OutputSchema | undefined>();

/**
 * Has what masks left of structured content fit what the tool has promised, where it did before.
 *
 * @param most what may be spent on it
 */
export function fitBody(masked: JsonObject, promised: readonly Promised[], most = FIT_HERE): Fit {
  const budget = { left: most };
  let body = masked;
  let unknown = false;
  const places: string[] = [];
  for (const { path, output, content } of promised) {
    const left = valueAt(masked, path);
    const schema = left === content ? undefined : schemaOf(output);
    // Where it didn't fit before, masks are not to blame, and the client says what it thinks of it.
    const did = schema?.fits(content, budget);
    unknown ||= schema !== undefined && did === undefined;
    if (!schema || !did) continue;
    const fitted = fitOutput(schema, left ?? {}, budget);
    if (!fitted) return { places: [], unfit: true, unknown: false };
    if (fitted.value === left) continue;
    body = withStructured(body, path.slice(0, -1), fitted.value);
    places.push(...fitted.places.map((place) => joined(path, place)));
  }
  return { body, places, unfit: false, unknown };
}

function schemaOf({ fingerprint, schema }: PromisedOutput): OutputSchema | undefined {
  if (compiled.has(fingerprint)) return compiled.get(fingerprint);
  if (compiled.size >= MAX_SCHEMAS) compiled.clear();
  const made = compileOutputSchema(schema);
  compiled.set(fingerprint, made);
  return made;
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
