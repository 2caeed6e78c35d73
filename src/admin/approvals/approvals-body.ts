import * as z from 'zod';
import { span } from '../../config/schema/schema-values.ts';
import type { StandingGrant } from '../../model/approval.ts';
import { GateError } from '../../model/errors.ts';
import { deeperThan, isObject, parseJson } from '../../model/json.ts';

/** Most bytes of a body: bounds of calls alike may be as long as what they bound. */
export const BODY_BYTES = 65_536;
/** Levels that a body may have. */
const MAX_DEPTH = 32;

const reason = z.string().optional();
const when = z.custom<StandingGrant['when']>((value) => isObject(value as never));
const approveSchema = z.strictObject({
  reason,
  breakGlass: z.boolean().default(false),
  /** `for`: a span, such as 1h; `when` left out: nothing but the same arguments. */
  standing: z.strictObject({ for: span, when: when.optional() }).optional(),
});
const reasonSchema = z.strictObject({ reason });

export type ApproveBody = z.output<typeof approveSchema>;

const approveHint =
  'send {"reason": "…", "breakGlass": true, "standing": {"for": "1h", "when": {…}}}, each of them optional';

/** @throws GateError ADMIN_REQUEST */
export function approveBody(body: Buffer): ApproveBody {
  return read(body, approveSchema, approveHint);
}

/** @throws GateError ADMIN_REQUEST */
export function reasonBody(body: Buffer): string | undefined {
  return read(body, reasonSchema, 'send {"reason": "…"}, or {}').reason;
}

function read<Output>(body: Buffer, schema: z.ZodType<Output>, hint: string): Output {
  const text = body.toString('utf8');
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map(({ path }) => path.join('.')).filter(Boolean);
  const where = places.length > 0 ? `: ${[...new Set(places)].join(', ').slice(0, 200)}` : '';
  throw new GateError('ADMIN_REQUEST', `the body is not what is needed${where}`, { hint });
}

function jsonOf(text: string): unknown {
  if (deeperThan(text, MAX_DEPTH)) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
