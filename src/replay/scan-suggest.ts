import { Document } from 'yaml';
import { detectorGroups } from '../mask/detectors.ts';
import type { JsonObject } from '../model/json.ts';
import type { ScanRow } from './scan.ts';
import { yamlText } from './yaml-text.ts';

/** Characters of an id. */
const MAX_ID = 80;

/**
 * Rules that would have masked what passed, as policy text to paste: a document for each upstream, a rule for each tool.
 * Empty where nothing passed. Detectors of a policy's own are used by their names.
 */
export function suggestedMasks(rows: readonly ScanRow[]): string {
  // Of an answer to nobody's question no rule can speak by its method.
  const passed = rows.filter((row) => row.passed > 0 && row.method !== 'unknown');
  const upstreams = [...new Set(passed.map(({ upstream }) => upstream))].sort();
  const taken = new Set<string>();
  return upstreams
    .map((upstream) => {
      const own = passed.filter((row) => row.upstream === upstream);
      return documentText(upstream, rulesOf(own, taken));
    })
    .join('---\n');
}

function documentText(upstream: string, rules: readonly JsonObject[]): string {
  const document = new Document({ apiVersion: 'sallyport/v1', upstreams: [upstream], rules });
  return yamlText(document);
}

function rulesOf(rows: readonly ScanRow[], taken: Set<string>): JsonObject[] {
  const groups = new Map<string, ScanRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.kind, nameOf(row)]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const sides = (['args', 'result'] as const).filter((side) =>
      group.some((row) => row.side === side),
    );
    const masks = sides.map((side): JsonObject => {
      const found = group.flatMap((row) => (row.side === side ? row.detector : []));
      const find = [...new Set(found.map(widened))].sort();
      return side === 'args' ? { find, in: ['args'] } : { find };
    });
    const id = idOf([first.upstream, nameOf(first)], taken);
    return [{ id, on: onOf(first), mask: masks.length === 1 ? (masks[0] as JsonObject) : masks }];
  });
}

/** Where one secret or national id passed, the next may be of another kind. */
function widened(detector: string): string {
  const isIn = (group: string) => detectorGroups.get(group)?.some(({ name }) => name === detector);
  return ['secrets', 'person-id'].find(isIn) ?? detector;
}

function nameOf({ target, method }: ScanRow): string {
  return target ?? method;
}

/** What the rule is about. A name with a `*` or `?` in it stands for more than itself, which masks only more. */
function onOf({ kind, target, method }: ScanRow): JsonObject {
  if (target !== undefined && (kind === 'tools' || kind === 'prompts')) return { [kind]: target };
  return kind === 'resources' ? { resources: '**' } : { methods: method };
}

function idOf(words: readonly string[], taken: Set<string>): string {
  const slugs = words.map((word) => word.replace(/[^A-Za-z0-9._]+/g, '-').replace(/^[._-]+/, ''));
  const base = ['mask', ...slugs]
    .filter((word) => word !== '')
    .join('-')
    .slice(0, MAX_ID - 6);
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  taken.add(id);
  return id;
}
