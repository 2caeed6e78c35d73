import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { withVariables } from '../../config/environment.ts';
import { loadConfig } from '../../config/load.ts';
import {
  type KeySource,
  keySource,
  transcriptsSchema,
} from '../../config/schema/transcripts-schema.ts';
import { child, type Node, toJson } from '../../document/node.ts';
import { parseYaml } from '../../document/yaml.ts';
import { GateError } from '../../model/errors.ts';
import type { Problem } from '../../model/position.ts';
import type { Terminal } from '../verb.ts';

// What the configuration says of transcripts. Nothing else of it has to be right: whoever reads transcripts need not
// have the secrets that the daemon gets by its environment.

type Place = Pick<Terminal, 'cwd' | 'env'>;

/**
 * The database that a configuration names.
 *
 * @throws GateError CONFIG_UNREADABLE, CONFIG_INVALID
 */
export function configuredDatabase(config: string, { cwd, env }: Place): string {
  const file = resolve(cwd, config);
  const section = sectionOf(file);
  // A name that is not known may be that of the path, misspelt.
  const isKnown = section && namesIn(section.node).every((name) => name in transcriptsSchema.shape);
  const value = isKnown ? jsonOf(child(section.node, 'path'), env) : undefined;
  const path = value && transcriptsSchema.shape.path.safeParse(value.json);
  if (path?.success) return resolve(dirname(file), path.data);
  const loaded = loadConfig(config, cwd, env);
  return resolve(loaded.base, loaded.config.transcripts.path);
}

/**
 * The sources of master keys that a configuration names; undefined where it names none.
 *
 * @throws GateError TRANSCRIPT_KEY
 */
export function configuredKeys(
  config: string,
  { cwd, env }: Place,
): { readonly keys: readonly KeySource[]; readonly base: string } | undefined {
  const file = resolve(cwd, config);
  const node = child(sectionOf(file)?.node, 'keys');
  if (!node) return undefined;
  const value = jsonOf(node, env);
  const keys = value && z.array(keySource).min(1).safeParse(value.json);
  if (keys?.success) return { keys: keys.data, base: dirname(file) };
  const why = value ? 'are not right' : 'need a variable that the environment does not have';
  throw new GateError('TRANSCRIPT_KEY', `the keys of transcripts in ${config} ${why}`, {
    hint: '"sallyport check" says more, or name a key file with --key',
  });
}

/**
 * The source of the key of the proof that a configuration names; undefined where it names none.
 *
 * @throws GateError TRANSCRIPT_KEY
 */
export function configuredProofKey(
  config: string,
  { cwd, env }: Place,
): { readonly key: KeySource; readonly base: string } | undefined {
  const file = resolve(cwd, config);
  const node = child(child(sectionOf(file)?.node, 'proof'), 'key');
  if (!node) return undefined;
  const value = jsonOf(node, env);
  const key = value && keySource.safeParse(value.json);
  if (key?.success) return { key: key.data, base: dirname(file) };
  const why = value ? 'is not right' : 'needs a variable that the environment does not have';
  throw new GateError('TRANSCRIPT_KEY', `the key of the proof in ${config} ${why}`, {
    hint: '"sallyport check" says more',
  });
}

/** The exports that a configuration names; undefined where it can't be read. */
export function configuredExports(
  config: string,
  { cwd }: Pick<Place, 'cwd'>,
): readonly string[] | undefined {
  const section = sectionOf(resolve(cwd, config));
  return section && namesIn(child(section.node, 'export'));
}

/** Undefined where the file is not one that could be read. */
function sectionOf(file: string): { readonly node: Node | undefined } | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const { documents, problems } = parseYaml(text, file);
  const [root] = documents;
  if (problems.length > 0 || root?.kind !== 'map') return undefined;
  return { node: child(root, 'transcripts') };
}

function namesIn(node: Node | undefined): string[] {
  return node?.kind === 'map' ? node.entries.map(({ key }) => key) : [];
}

/** Undefined where it needs a variable that there is not. */
function jsonOf(node: Node | undefined, env: Place['env']) {
  if (!node) return { json: undefined };
  const missing: Problem[] = [];
  const json = toJson(withVariables(node, env, missing));
  return missing.length > 0 ? undefined : { json };
}
