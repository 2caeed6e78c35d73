import { resolve } from 'node:path';
import { child } from '../../document/node.ts';
import { GateError } from '../../model/errors.ts';
import { configDocument } from '../explain/config-document.ts';

/**
 * Names of the channels in a configuration; undefined where there is none, or it can't be read: what is wrong with it is
 * said by who needs it.
 */
export function configuredChannels(config: string, cwd: string): readonly string[] | undefined {
  try {
    const document = configDocument(resolve(cwd, config), config);
    if (!document) return undefined;
    const channels = child(child(document, 'approvals'), 'channels');
    return channels?.kind === 'map' ? channels.entries.map(({ key }) => key) : [];
  } catch (error) {
    if (error instanceof GateError) return undefined;
    throw error;
  }
}
