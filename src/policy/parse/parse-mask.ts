import { child, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { detectors } from '../../mask/detectors.ts';
import { maskerNames } from '../../mask/masker.ts';
import { parsePath } from '../../mask/path.ts';
import type {
  MaskerSpec,
  MaskObligation,
  MaskSide,
  MaskTarget,
  PathSegment,
} from '../../model/decision.ts';
import { suggest } from '../../model/nearest.ts';

const MASK_KEYS = ['find', 'path', 'with', 'in'];
const SIDES = ['args', 'result'] as const satisfies readonly MaskSide[];

/** Reads the masks of one rule. */
export function parseMasks(node: Node, rule: string, reader: Reader): MaskObligation[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => parseMask(item, rule, reader) ?? []);
}

function parseMask(node: Node, rule: string, reader: Reader): MaskObligation | undefined {
  const map = reader.map(node, 'a mask', MASK_KEYS);
  if (!map) return undefined;
  const find = child(map, 'find');
  const path = child(map, 'path');
  if ((find === undefined) === (path === undefined)) {
    reader.error('MASK_TARGET', map.at, 'a mask needs either "find" or "path"');
    return undefined;
  }
  const spec = parseMasker(child(map, 'with'), reader);
  const chosen = parseSides(child(map, 'in'), reader);
  const at = map.at;
  if (find) {
    const target: MaskTarget = { find: parseDetectors(find, reader) };
    return { rule, at, target, with: spec, sides: chosen ?? ['result'] };
  }
  const parsed = path && parseMaskPath(path, reader);
  if (!parsed) return undefined;
  if (chosen && path) {
    const hint = 'begin the path with "args." or "result."';
    reader.error('MASK_SIDE', path.at, '"in" goes with "find"', hint);
  }
  return { rule, at, with: spec, ...parsed };
}

function parseDetectors(node: Node, reader: Reader): string[] {
  const known = [...detectors.keys()];
  const names = reader.texts(node, 'find') ?? [];
  if (node.kind === 'list' && node.items.length === 0) {
    reader.error('MASK_TARGET', node.at, 'find is empty, so it masks nothing');
  }
  return names.filter((name) => {
    if (detectors.has(name)) return true;
    reader.error('UNKNOWN_DETECTOR', node.at, `no detector "${name}"`, suggest(name, known));
    return false;
  });
}

function parseMasker(node: Node | undefined, reader: Reader): MaskerSpec {
  const fallback: MaskerSpec = { masker: 'redact' };
  if (!node) return fallback;
  if (node.kind === 'scalar') {
    const name = reader.choice(node, 'with', maskerNames);
    if (name !== 'keep') return fallback;
    reader.error(
      'MASKER_OPTIONS',
      node.at,
      '"keep" needs to know how much',
      'with: { keep: { last: 4 } }',
    );
    return fallback;
  }
  const map = reader.map(node, 'with', ['keep']);
  const keep = child(map, 'keep');
  if (map && !keep) {
    reader.error('MASKER_OPTIONS', node.at, 'with names no masker', 'with: { keep: { last: 4 } }');
  }
  const options = keep && reader.map(keep, 'keep', ['first', 'last']);
  const first = count(child(options, 'first'), 'first', reader);
  const last = count(child(options, 'last'), 'last', reader);
  return { masker: 'keep', first, last };
}

function count(node: Node | undefined, what: string, reader: Reader): number {
  const value = reader.number(node, what) ?? 0;
  if (Number.isInteger(value) && value >= 0 && value <= 64) return value;
  if (node) reader.error('WRONG_TYPE', node.at, `${what} must be a whole number from 0 to 64`);
  return 0;
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
function parseMaskPath(
  node: Node,
  reader: Reader,
): { target: MaskTarget; sides: MaskSide[] } | undefined {
  const text = reader.text(node, 'path');
  const path = text === undefined ? undefined : parsePath(text);
  if (text === undefined || path === undefined) return undefined;
  if (typeof path === 'string') {
    reader.error('BAD_PATH', node.at, path);
    return undefined;
  }
  const [root] = path;
  const side: MaskSide = root === 'args' ? 'args' : 'result';
  const within: readonly PathSegment[] =
    root === 'args' || root === 'result' ? path.slice(1) : path;
  if (within.length > 0) return { target: { path: within, text }, sides: [side] };
  reader.error('BAD_PATH', node.at, `"${text}" names everything`, `write "${text}.**"`);
  return undefined;
}
