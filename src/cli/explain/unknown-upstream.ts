import { resolve } from 'node:path';
import { child, type Node } from '../../document/node.ts';
import { GateError } from '../../model/errors.ts';
import { suggest } from '../../model/nearest.ts';
import { visible } from '../../model/visible.ts';
import { configDocument } from './config-document.ts';

/** A note on an upstream that the configuration doesn't have, for it may be a slip; undefined where there is none to give. */
export function unknownUpstream(upstream: string, config: string, cwd: string): string | undefined {
  const upstreams = child(documentOf(config, cwd), 'upstreams');
  if (upstreams?.kind !== 'map') return undefined;
  const known = upstreams.entries.map(({ key }) => key);
  if (known.includes(upstream)) return undefined;
  const hint = visible(suggest(upstream, known));
  return `note: ${config} has no upstream "${visible(upstream)}"; ${hint}`;
}

/** What is wrong with a configuration is said by who needs it. */
function documentOf(config: string, cwd: string): Node | undefined {
  try {
    return configDocument(resolve(cwd, config), config);
  } catch (error) {
    if (error instanceof GateError) return undefined;
    throw error;
  }
}
