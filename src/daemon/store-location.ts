import { dirname, join, resolve } from 'node:path';
import type { StoreLocation } from '../store/location.ts';
import type { DaemonOptions } from './daemon-options.ts';

/** A section of the configuration that names a store of its own. */
interface StoreSection {
  readonly store: 'sqlite' | 'postgres' | 'memory';
  readonly path?: string | undefined;
  readonly url?: string | undefined;
}

/** Where a section keeps its things; a file that it doesn't name is beside the transcripts. */
export function storeLocation(
  { store, path, url = '' }: StoreSection,
  file: string,
  { config: { transcripts }, base }: Pick<DaemonOptions, 'config' | 'base'>,
): StoreLocation {
  switch (store) {
    case 'memory':
      return { store };
    case 'sqlite': {
      const beside = join(dirname(transcripts.path), file);
      return { store, path: resolve(base, path ?? beside), durability: transcripts.durability };
    }
    case 'postgres':
      return { store, url };
  }
}
