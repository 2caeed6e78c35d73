import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { withVariables } from '../../config/environment.ts';
import { loadConfig } from '../../config/load.ts';
import { configSchema } from '../../config/schema.ts';
import { child, toJson } from '../../document/node.ts';
import { parseYaml } from '../../document/yaml.ts';
import type { Problem } from '../../model/position.ts';
import { SqliteReader } from '../../store/sqlite/reader.ts';
import type { Terminal } from '../verb.ts';

/** Which database is meant. */
export interface Source {
  readonly config: string;
  /** Wins over the configuration. */
  readonly db?: string | undefined;
}

/**
 * Opens the database that is meant, and closes it when `read` is done.
 *
 * @throws GateError CONFIG_UNREADABLE, CONFIG_INVALID, STORE_UNREADABLE
 */
export async function withTranscripts<Result>(
  { config, db }: Source,
  terminal: Terminal,
  read: (reader: SqliteReader) => Result | Promise<Result>,
): Promise<Result> {
  const path = db === undefined ? configuredPath(config, terminal) : resolve(terminal.cwd, db);
  const reader = new SqliteReader(path);
  try {
    return await read(reader);
  } finally {
    reader.close();
  }
}

/**
 * The path that a configuration gives. Nothing else of it has to be right: whoever reads transcripts need not have the
 * secrets that the daemon gets by its environment.
 */
function configuredPath(file: string, { cwd, env }: Terminal): string {
  const path = resolve(cwd, file);
  const section = transcriptSection(path, env);
  if (section?.success) return resolve(dirname(path), section.data.path);
  const { config, base } = loadConfig(file, cwd, env);
  return resolve(base, config.transcripts.path);
}

function transcriptSection(path: string, env: Terminal['env']) {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const { documents, problems } = parseYaml(text, path);
  const [root] = documents;
  if (problems.length > 0 || root?.kind !== 'map') return undefined;
  const section = child(root, 'transcripts');
  const missing: Problem[] = [];
  const value = section ? toJson(withVariables(section, env, missing)) : undefined;
  return missing.length > 0 ? undefined : configSchema.shape.transcripts.safeParse(value);
}
