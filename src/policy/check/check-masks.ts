import { detectorsNamed } from '../../mask/detectors.ts';
import type { MaskerSpec, MaskObligation } from '../../model/decision.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import type { Report } from './report.ts';

/** Detectors whose findings a masker knows; what others find it redacts. */
const fits: Readonly<Partial<Record<MaskerSpec['masker'], readonly string[]>>> = {
  generalize: ['date-of-birth', 'ip-address'],
  round: [],
};
/** A name that reads like a path, or like a pattern: `user.ssn`, `/pass.*\/`. */
const PLACE = /[\p{L}\p{N}*\]]\.[\p{L}\p{N}*]|[[\]]|^\/.*\/$/u;
/** What results, errors, and requests and notifications of servers have by the protocol. */
const known = new Set([
  ...['content', 'structuredContent', 'isError', 'resultType', '_meta'],
  ...['contents', 'description', 'messages', 'completion', 'role', 'model', 'stopReason', 'action'],
  ...['tools', 'resources', 'resourceTemplates', 'prompts', 'roots', 'nextCursor'],
  ...['protocolVersion', 'capabilities', 'serverInfo', 'instructions', 'supportedVersions'],
  ...['task', 'tasks', 'taskId', 'status', 'statusMessage', 'inputRequests', 'requestState'],
  ...['code', 'message', 'data', 'level', 'logger', 'reason', 'uri', 'title', 'url'],
  ...['systemPrompt', 'metadata', 'mode', 'requestedSchema', 'stopSequences', 'toolChoice'],
]);
/** What the protocol needs as text. */
const NEEDED_TEXT = new Set(['text', 'data', 'blob', 'uri']);

/** Warns of masks that do less, or more, than they say. */
export function checkMasks(rule: CompiledRule, report: Report): void {
  for (const mask of rule.masks) {
    checkFit(mask, rule, report);
    checkNull(mask, rule, report);
    checkPlace(mask, rule, report);
  }
}

/** A path begins with what MCP calls something in a message, and a field has no place: otherwise nothing is masked. */
function checkPlace({ target, at, sides }: MaskObligation, rule: CompiledRule, report: Report) {
  if ('fields' in target) {
    const place = target.fields.find((name) => PLACE.test(name));
    if (place === undefined) return;
    const hint = place.startsWith('/')
      ? 'fields are globs, such as "*password*"'
      : `for a place, write path: "structuredContent.**.${place}"`;
    report('MASK_NOWHERE', rule, `"${place}" is looked for as one name`, { at, hint });
  } else if ('path' in target && sides.includes('result')) {
    const [first] = target.path;
    if (typeof first !== 'string' || known.has(first) || isOfOtherMethods(rule)) return;
    const message = `the path begins with "${first}", which no message of MCP has`;
    const rest =
      first === '$' ? target.text.replace(/^\$\.?/, '') : `structuredContent.${target.text}`;
    report('MASK_NOWHERE', rule, message, { at, hint: `did you mean "${rest}"?` });
  }
}

function isOfOtherMethods({ on }: CompiledRule): boolean {
  return on?.some(({ kind }) => kind === 'methods') === true;
}

function checkFit({ target, with: spec, at }: MaskObligation, rule: CompiledRule, report: Report) {
  const known = fits[spec.masker];
  if (!known || !('find' in target)) return;
  const found = target.find.flatMap((name) => detectorsNamed(name)).map(({ name }) => name);
  const unfit = [...new Set(found)].filter((name) => !known.includes(name));
  const [first] = unfit;
  if (first === undefined) return;
  const others = unfit.length === 1 ? '' : ` and ${unfit.length - 1} more`;
  const message = `"${spec.masker}" redacts what ${first}${others} finds`;
  const hint = spec.masker === 'round' ? 'it is for numbers' : 'it is for dates and IP addresses';
  report('MASKER_UNFIT', rule, message, { at, hint });
}

function checkNull({ target, with: spec, at }: MaskObligation, rule: CompiledRule, report: Report) {
  if (spec.masker !== 'null') return;
  if ('find' in target) {
    const hint = 'say redact, or name a path or fields';
    report('NULL_REDACTS', rule, 'inside a text, "null" is as "redact"', { at, hint });
  } else if ('path' in target && isNeededText(target.path)) {
    const message = `at "${target.text}" the protocol needs text, so "null" is as "redact"`;
    report('NULL_REDACTS', rule, message, { at, hint: 'say redact, or remove' });
  }
}

/** `content[*].text`, and what stands where it does in resources and prompts. */
function isNeededText(path: readonly unknown[]): boolean {
  const [first] = path;
  const isContent = first === 'content' || first === 'contents' || first === 'messages';
  const last = path.at(-1);
  return isContent && typeof last === 'string' && NEEDED_TEXT.has(last);
}
