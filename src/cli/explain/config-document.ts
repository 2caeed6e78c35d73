import { existsSync, readFileSync } from 'node:fs';
import type { Node } from '../../document/node.ts';
import { parseYaml } from '../../document/yaml.ts';
import { GateError, messageOf } from '../../model/errors.ts';

/**
 * A configuration as it is written; undefined where there is none.
 *
 * @param shown its name for people
 * @throws GateError CONFIG_UNREADABLE; CONFIG_INVALID where it is no YAML
 */
export function configDocument(path: string, shown: string): Node | undefined {
  if (!existsSync(path)) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `cannot read the configuration ${shown}: ${messageOf(cause)}`;
    throw new GateError('CONFIG_UNREADABLE', message, { cause });
  }
  const { documents, problems } = parseYaml(text, shown);
  if (problems.length > 0) {
    throw new GateError('CONFIG_INVALID', `${shown} has errors`, { problems });
  }
  return documents[0];
}
