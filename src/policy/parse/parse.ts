import { child, type MapNode, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { effects } from '../../model/decision.ts';
import type { Rule, Silence, TargetPattern } from '../ast.ts';
import type { OwnName } from '../detector-names.ts';
import { targetKinds } from '../subject.ts';
import { parseApproval } from './parse-approval.ts';
import { parseCondition } from './parse-condition.ts';
import { type Definition, parseDetectors } from './parse-detectors.ts';
import { parseLimits } from './parse-limit.ts';
import { parseMasks } from './parse-mask.ts';
import { parseReveals } from './parse-reveal.ts';
import { parseSilences } from './parse-silence.ts';

export const API_VERSION = 'sallyport/v1';

const DOCUMENT_KEYS = ['apiVersion', 'upstreams', 'detectors', 'rules', 'silence'];
const RULE_KEYS = [
  ...['id', 'on', 'when', 'then', 'approval', 'mask', 'reveal', 'limit'],
  ...['mode', 'denial', 'reason', 'silence'],
];
const RULE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;

/** What a policy document says for all its rules, and the rules as they are written. */
export interface PolicyDocument {
  readonly upstreams: readonly string[];
  readonly silences: readonly Silence[];
  readonly detectors: readonly Definition[];
  readonly rules: readonly Node[];
}

/** Reads a policy document but for its rules; what is wrong goes to the reader. */
export function parseDocument(document: Node, reader: Reader): PolicyDocument | undefined {
  const map = reader.map(document, 'a policy', DOCUMENT_KEYS);
  if (!map) return undefined;
  const version = child(map, 'apiVersion');
  if (!version) {
    reader.error(
      'MISSING_KEY',
      map.at,
      'apiVersion is missing',
      `add "apiVersion: ${API_VERSION}"`,
    );
  } else {
    reader.choice(version, 'apiVersion', [API_VERSION]);
  }
  const upstreams = parseUpstreams(child(map, 'upstreams'), reader);
  const rules = reader.list(child(map, 'rules'), 'rules');
  const own = child(map, 'detectors');
  // A file of detectors for others needs no rules.
  if (!own && !child(map, 'rules')) reader.error('MISSING_KEY', map.at, 'rules is missing');
  const detectors = parseDetectors(own, reader);
  const silences = parseSilences(child(map, 'silence'), reader);
  return { upstreams, silences, detectors, rules: rules?.items ?? [] };
}

/** Left out means all; an empty list would read as "none" and must not mean all. */
function parseUpstreams(node: Node | undefined, reader: Reader): string[] {
  const globs = reader.texts(node, 'upstreams') ?? [];
  if (node?.kind === 'list' && node.items.length === 0) {
    const hint = 'name some, or leave upstreams out to mean all';
    reader.error('NEVER_MATCHES', node.at, 'upstreams is empty', hint);
  }
  return globs;
}

/** Reads one rule of a document. */
export function parseRule(node: Node, document: PolicyDocument, reader: Reader): Rule | undefined {
  const map = reader.map(node, 'a rule', RULE_KEYS);
  if (!map) return undefined;
  const id = parseId(map, reader);
  const when = child(map, 'when');
  const then = child(map, 'then');
  const effect = reader.choice(then, 'then', effects);
  const mask = child(map, 'mask');
  const reveal = child(map, 'reveal');
  if (!then && !mask && !reveal && !child(map, 'limit')) {
    const hint = 'say "then: allow", "block" or "approve", or give a mask, a reveal or a limit';
    reader.error('RULE_DOES_NOTHING', map.at, `rule "${id}" does nothing`, hint);
  }
  const ownNames: OwnName[] = [];
  return {
    id,
    at: child(map, 'id')?.at ?? map.at,
    start: map.at,
    upstreams: document.upstreams,
    on: parseTargets(child(map, 'on'), reader),
    when: when && parseCondition(when, reader),
    then: effect,
    approval: parseApproval(child(map, 'approval'), effect, reader),
    masks: mask ? parseMasks(mask, id, reader, ownNames) : [],
    reveals: parseReveals(reveal, id, effect, reader),
    ownNames,
    limits: parseLimits(child(map, 'limit'), effect, reader),
    silences: [...parseSilences(child(map, 'silence'), reader), ...document.silences],
    mode: reader.choice(child(map, 'mode'), 'mode', ['enforce', 'shadow']) ?? 'enforce',
    denial: reader.choice(child(map, 'denial'), 'denial', ['explain', 'hide']) ?? 'explain',
    reason: reader.text(child(map, 'reason'), 'reason'),
  };
}

function parseId(map: MapNode, reader: Reader): string {
  const node = child(map, 'id');
  if (!node) reader.error('MISSING_KEY', map.at, 'a rule needs an id');
  const id = reader.text(node, 'id');
  if (node && id !== undefined && !RULE_ID.test(id)) {
    const hint = 'use up to 80 letters, digits, dots, hyphens and underscores';
    reader.error('BAD_ID', node.at, `"${id}" can't be a rule's id`, hint);
  }
  return id ?? '';
}

function parseTargets(node: Node | undefined, reader: Reader): TargetPattern[] | undefined {
  const map = node && reader.map(node, 'on', targetKinds);
  if (!map) return undefined;
  if (map.entries.length === 0) {
    const hint = 'name some, or leave "on" out to mean every message';
    reader.error('NEVER_MATCHES', map.at, 'on is empty, so it matches nothing', hint);
  }
  return targetKinds.flatMap((kind): TargetPattern[] => {
    const value = child(map, kind);
    const globs = reader.texts(value, `on.${kind}`);
    if (value && globs?.length === 0) {
      reader.error('NEVER_MATCHES', value.at, `on.${kind} is empty, so it matches nothing`);
    }
    return globs ? [{ kind, globs }] : [];
  });
}
