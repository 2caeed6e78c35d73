import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Node, toJson } from '../document/node.ts';
import { parseYaml } from '../document/yaml.ts';
import { GateError, messageOf } from '../model/errors.ts';
import { type Position, type Problem, sortProblems } from '../model/position.ts';
import { withVariables } from './environment.ts';
import { problemsOf } from './issues.ts';
import { type Config, configSchema } from './schema.ts';

/** A configuration file, read and checked. */
export interface LoadedConfig {
  readonly config: Config;
  /** Folder of the file, which relative paths in it start from. */
  readonly base: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a configuration file.
 *
 * @param file as the user named it; messages name it so
 * @throws GateError CONFIG_UNREADABLE; CONFIG_INVALID with every problem of the file
 */
export function loadConfig(file: string, cwd: string, environment: Environment): LoadedConfig {
  const path = resolve(cwd, file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const hint = 'write one with "sallyport init", or name it with --config';
    const message = `cannot read the configuration ${file}: ${messageOf(cause)}`;
    throw new GateError('CONFIG_UNREADABLE', message, { hint, cause });
  }
  return { config: parseConfig(text, file, environment), base: dirname(path) };
}

/** @throws GateError CONFIG_INVALID with every problem of the text */
export function parseConfig(text: string, file: string, environment: Environment): Config {
  const { documents, problems } = parseYaml(text, file);
  if (problems.length > 0) throw invalid(file, problems);
  const [, second] = documents;
  if (second) throw invalid(file, [secondDocument(second.at)]);
  const root: Node = documents[0] ?? { kind: 'map', at: { file, line: 1, column: 1 }, entries: [] };
  const missing: Problem[] = [];
  const parsed = configSchema.safeParse(toJson(withVariables(root, environment, missing)));
  if (!parsed.success) {
    // What is wrong with the name of a missing variable says nothing about its value.
    const isMissing = ({ at }: Problem) => missing.some((one) => one.at === at);
    const found = problemsOf(parsed.error.issues, root).filter((one) => !isMissing(one));
    throw invalid(file, [...missing, ...found]);
  }
  if (missing.length > 0) throw invalid(file, missing);
  return parsed.data;
}

/** What it says would otherwise be left out without a word. */
function secondDocument(at: Position): Problem {
  const message = 'a configuration is one document; this is a second one';
  return { code: 'CONFIG_DOCUMENTS', severity: 'error', at, message };
}

function invalid(file: string, problems: readonly Problem[]): GateError {
  const sorted = sortProblems(problems);
  return new GateError('CONFIG_INVALID', `${file} has errors`, { problems: sorted });
}
