import { child, describe, type MapNode, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { isAnalyzerName } from '../../mask/analyzer-name.ts';
import { isTokenLabel, tokenLabel } from '../../mask/maskers/token-label.ts';
import { parsePath } from '../../mask/place/path.ts';
import type { Effect, PathSegment, RevealGrant } from '../../model/decision.ts';
import type { RevealSpec } from '../ast.ts';
import { parseScope } from './parse-masker.ts';
import { placedTexts } from './placed-texts.ts';

const REVEAL_KEYS = ['find', 'scope', 'path'];
const EXAMPLE = 'such as reveal: [person-id]';

/** Reads which tokens a rule gives back to the upstream. */
export function parseReveals(
  node: Node | undefined,
  rule: string,
  then: Effect | undefined,
  reader: Reader,
): RevealSpec[] {
  if (!node) return [];
  if (then === 'block') {
    const hint = 'give the reveal to a rule that lets calls through, or to one without "then"';
    reader.error('REVEAL_UNUSED', node.at, 'a rule that blocks sends nothing', hint);
  }
  if (node.kind === 'list' && node.items.length === 0) {
    reader.error('REVEAL_UNUSED', node.at, 'reveal is empty, so it gives nothing back', EXAMPLE);
  }
  if (node.kind === 'map') return parseLong(node, rule, reader);
  if (node.kind === 'list' && node.items.some(({ kind }) => kind === 'map')) {
    return node.items.flatMap((item) => {
      return item.kind === 'map' ? parseLong(item, rule, reader) : parseShort(item, rule, reader);
    });
  }
  return parseShort(node, rule, reader);
}

function parseShort(node: Node, rule: string, reader: Reader): RevealSpec[] {
  if (node.kind === 'scalar' && typeof node.value !== 'string') {
    const message = `reveal must name tokens, so it can't be ${describe(node)}`;
    reader.error('WRONG_TYPE', node.at, message, EXAMPLE);
    return [];
  }
  const named = parseNames(node, reader);
  if (named.length === 0) return [];
  return [{ at: node.at, named, grant: { rule, labels: labelsOf(named), scope: '' } }];
}

function parseLong(node: MapNode, rule: string, reader: Reader): RevealSpec[] {
  const map = reader.map(node, 'a reveal', REVEAL_KEYS);
  if (!map) return [];
  const find = child(map, 'find');
  if (!find) {
    reader.error('MISSING_KEY', map.at, 'a reveal needs "find", what the tokens are called');
  } else if (find.kind === 'list' && find.items.length === 0) {
    reader.error('REVEAL_UNUSED', find.at, 'find is empty, so it gives nothing back', EXAMPLE);
  }
  const named = find ? parseNames(find, reader) : [];
  const scope = parseScope(child(map, 'scope'), reader);
  const pathNode = child(map, 'path');
  const path = pathNode && parseArgumentPath(pathNode, reader);
  if (named.length === 0 || (pathNode && !path)) return [];
  const labels = labelsOf(named);
  const grant: RevealGrant = { rule, labels, scope, ...(path ? { path } : {}) };
  return [{ at: map.at, named, grant }];
}

function parseNames(node: Node, reader: Reader): RevealSpec['named'] {
  return placedTexts(node, 'reveal', reader).flatMap(({ text, at }) => {
    const label = isAnalyzerName(text) ? tokenLabel(text) : text;
    if (isTokenLabel(label)) return [{ label, at }];
    const hint = 'name what the mask finds, or what stands behind "as"';
    reader.error('REVEAL_LABEL', at, `no token can be called "${text}"`, hint);
    return [];
  });
}

function labelsOf(named: RevealSpec['named']): string[] {
  return [...new Set(named.map(({ label }) => label))];
}

function parseArgumentPath(node: Node, reader: Reader): readonly PathSegment[] | undefined {
  const text = reader.text(node, 'path');
  if (text === undefined) return undefined;
  const path = parsePath(text);
  if (typeof path === 'string') {
    reader.error('BAD_PATH', node.at, path);
    return undefined;
  }
  if (path[0] === 'args' && path.length > 1) return path.slice(1);
  const hint = path[0] === 'args' ? 'leave path out to mean all arguments' : 'such as args.id';
  reader.error('BAD_PATH', node.at, `"${text}" names no argument`, hint);
  return undefined;
}
