import type { Json, JsonObject } from '../model/json.ts';

/** Members of `_meta` that carry a trace context (2026-07-28, basic, OpenTelemetry trace context). */
const NAMES = ['traceparent', 'tracestate', 'baggage'] as const;

/** W3C Trace Context, section 3.2: later versions may say more, version ff is none. */
const TRACEPARENT =
  /^(?!ff)(?:00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}|(?!00)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x21-\x7e]{0,512})?)$/;
/** Ids of nothing but zeros are invalid (sections 3.2.2.3 and 3.2.2.4). */
const NO_ID = /^..-(?:0{32}|.{32}-0{16})-/;
/** W3C Trace Context, section 3.3.1.3: a member of the list. */
const STATE_MEMBER =
  /^(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
/** W3C Baggage, section 3.2: a name, a value, properties. */
const BAGGAGE_MEMBER =
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*=[ \t]*[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*[ \t]*(?:;[\t\x20-\x2b\x2d-\x7e]*)?$/;
const MAX_STATE = 32;
const MAX_BAGGAGE = 8_192;

/** The id of the trace that `_meta` names; undefined where it names none. */
export function traceIn(meta: JsonObject): string | undefined {
  return isParent(meta.traceparent) ? meta.traceparent.slice(3, 35) : undefined;
}

/** Names of members of `_meta` that should carry a trace context and don't. */
export function malformedTrace(meta: JsonObject): readonly string[] {
  return NAMES.filter((name) => Object.hasOwn(meta, name) && !isWellFormed(name, meta));
}

function isWellFormed(name: (typeof NAMES)[number], meta: JsonObject): boolean {
  switch (name) {
    case 'traceparent':
      return isParent(meta.traceparent);
    case 'tracestate':
      // Without a parent that can be read it says nothing (section 3.3).
      return isParent(meta.traceparent) && isState(meta.tracestate);
    case 'baggage':
      return isBaggage(meta.baggage);
  }
}

function isParent(value: Json | undefined): value is string {
  return typeof value === 'string' && TRACEPARENT.test(value) && !NO_ID.test(value);
}

function isState(value: Json | undefined): boolean {
  if (typeof value !== 'string' || value.length > MAX_BAGGAGE) return false;
  const members = value.split(',').map((member) => member.trim());
  const said = members.filter((member) => member !== '');
  return said.length <= MAX_STATE && said.every((member) => STATE_MEMBER.test(member));
}

function isBaggage(value: Json | undefined): boolean {
  if (typeof value !== 'string' || Buffer.byteLength(value) > MAX_BAGGAGE) return false;
  return value.split(',').every((member) => BAGGAGE_MEMBER.test(member.trim()));
}
