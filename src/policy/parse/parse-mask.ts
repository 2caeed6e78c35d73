import { child, type MapNode, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { isAnalyzerName } from '../../mask/analyzer-name.ts';
import { tokenLabel } from '../../mask/maskers/token-label.ts';
import { parsePath } from '../../mask/place/path.ts';
import type {
  MaskerSpec,
  MaskObligation,
  MaskSide,
  MaskTarget,
  PathSegment,
} from '../../model/decision.ts';
import { suggest } from '../../model/nearest.ts';
import { isBuiltIn, type OwnName } from '../detector-names.ts';
import { parseMasker } from './parse-masker.ts';
import { placedTexts } from './placed-texts.ts';

const TARGETS = ['find', 'path', 'fields'] as const;
const MASK_KEYS = [...TARGETS, 'with', 'in', 'notice', 'across'];
const SIDES = ['args', 'result'] as const satisfies readonly MaskSide[];

/**
 * Reads the masks of one rule.
 *
 * @param names takes the names of detectors that are not built in
 */
export function parseMasks(
  node: Node,
  rule: string,
  reader: Reader,
  names: OwnName[],
): MaskObligation[] {
  const items = node.kind === 'list' ? node.items : [node];
  if (items.length === 0) {
    const hint = 'such as mask: { find: [email] }';
    reader.error('MASK_TARGET', node.at, 'mask is empty, so it masks nothing', hint);
  }
  return items.flatMap((item) => parseMask(item, rule, reader, names));
}

function parseMask(
  node: Node,
  rule: string,
  reader: Reader,
  names: OwnName[],
): readonly MaskObligation[] {
  const map = reader.map(node, 'a mask', MASK_KEYS);
  if (!map) return [];
  const given = TARGETS.filter((key) => child(map, key));
  if (given.length !== 1) {
    const [one, other] = given;
    const message =
      other === undefined
        ? 'a mask needs either "find", "path" or "fields"'
        : `a mask has one target, not both "${one}" and "${other}"`;
    reader.error('MASK_TARGET', map.at, message, other && 'write two masks');
    return [];
  }
  const at = map.at;
  const spec = parseMasker(child(map, 'with'), reader);
  const flags = parseFlags(map, reader);
  const found = parseTarget(map, reader, names);
  if (!found) return [];
  const { target, sides } = found;
  const mask = { rule, at, target, sides, with: spec, ...flags };
  return spec.masker === 'token' && spec.label === undefined ? labelled(mask, spec) : [mask];
}

type Found = Pick<MaskObligation, 'target' | 'sides'>;

function parseTarget(map: MapNode, reader: Reader, names: OwnName[]): Found | undefined {
  const find = child(map, 'find');
  const fields = child(map, 'fields');
  const path = child(map, 'path');
  const sides = parseSides(child(map, 'in'), reader);
  if (find) {
    return { target: { find: parseFind(find, reader, names) }, sides: sides ?? ['result'] };
  }
  if (fields) {
    return { target: { fields: parseFields(fields, reader) }, sides: sides ?? ['result'] };
  }
  if (sides && path) {
    const hint = 'begin the path with "args." or "result."';
    reader.error('MASK_SIDE', path.at, '"in" goes with "find" and "fields"', hint);
  }
  return path && parseMaskPath(path, reader);
}

function parseFind(node: Node, reader: Reader, names: OwnName[]): string[] {
  if (node.kind === 'list' && node.items.length === 0) {
    reader.error('MASK_TARGET', node.at, 'find is empty, so it masks nothing');
  }
  const found = placedTexts(node, 'find', reader);
  for (const { text, at } of found) {
    if (!isBuiltIn(text) && !isAnalyzerName(text)) names.push({ name: text, at, in: 'mask' });
  }
  return [...new Set(found.map(({ text }) => text))];
}

function parseFields(node: Node, reader: Reader): string[] {
  if (node.kind === 'list' && node.items.length === 0) {
    reader.error('MASK_TARGET', node.at, 'fields is empty, so it masks nothing');
  }
  const found = placedTexts(node, 'fields', reader);
  for (const { text, at } of found) {
    if (/[\p{L}\p{N}]/u.test(text)) continue;
    const isAll = /^\*+$/.test(text.trim());
    const hint = isAll ? 'for everything, write path: "**"' : 'such as fields: [ssn, "*password*"]';
    reader.error('MASK_TARGET', at, `"${text}" is no name of a field`, hint);
  }
  return [...new Set(found.map(({ text }) => text))];
}

function parseFlags(map: MapNode, reader: Reader): Pick<MaskObligation, 'notice' | 'across'> {
  const notice = reader.flag(child(map, 'notice'), 'notice') === true;
  const acrossNode = child(map, 'across');
  const across = reader.flag(acrossNode, 'across') === true;
  if (acrossNode && across && !child(map, 'find')) {
    const hint = 'what stands at a path or in a field comes in one message';
    reader.error('MASK_ACROSS', acrossNode.at, '"across" goes with "find"', hint);
  }
  return { ...(notice ? { notice } : {}), ...(across ? { across } : {}) };
}

/** Tokens are called as the policy names what they stand for, so each name of several has a mask of its own. */
function labelled(
  mask: MaskObligation,
  spec: Extract<MaskerSpec, { masker: 'token' }>,
): readonly MaskObligation[] {
  const { target } = mask;
  const called = (name: string) => ({ ...spec, label: tokenLabel(name) });
  if ('fields' in target) return [mask];
  if ('path' in target) return [{ ...mask, with: called(lastName(target.path)) }];
  return target.find.map((name) => ({ ...mask, target: { find: [name] }, with: called(name) }));
}

function lastName(path: readonly PathSegment[]): string {
  return path.findLast((step) => typeof step === 'string') ?? '';
}

function parseSides(node: Node | undefined, reader: Reader): MaskSide[] | undefined {
  const words = reader.texts(node, 'in');
  if (!node || !words) return undefined;
  if (node.kind === 'list' && words.length === 0) {
    reader.error('MASK_SIDE', node.at, 'in is empty, so it masks nothing');
  }
  return words.flatMap((word) => {
    const side = SIDES.find((known) => known === word);
    if (!side)
      reader.error('UNKNOWN_VALUE', node.at, `in can't be "${word}"`, suggest(word, SIDES));
    return side ?? [];
  });
}

/** A path is in the result unless it begins with `args.`. */
function parseMaskPath(node: Node, reader: Reader): Found | undefined {
  const text = reader.text(node, 'path');
  const path = text === undefined ? undefined : parsePath(text);
  if (text === undefined || path === undefined) return undefined;
  if (typeof path === 'string') {
    reader.error('BAD_PATH', node.at, path);
    return undefined;
  }
  const [root] = path;
  const side: MaskSide = root === 'args' ? 'args' : 'result';
  const within = root === 'args' || root === 'result' ? path.slice(1) : path;
  const target: MaskTarget = { path: within, text };
  if (within.length > 0) return { target, sides: [side] };
  reader.error('BAD_PATH', node.at, `"${text}" names everything`, `write "${text}.**"`);
  return undefined;
}
