import { resolve } from 'node:path';
import { SqliteStore } from '../store/sqlite/store.ts';
import type { UpkeepOptions } from '../store/upkeep-options.ts';
import type { DaemonOptions } from './daemon-options.ts';
import type { Started } from './started.ts';

/** Opens the transcripts, with all that is done beside writing them. */
export async function openTranscripts(
  { config, base, log }: DaemonOptions,
  started: Started,
): Promise<SqliteStore> {
  const { path, durability, compact, search, keep } = config.transcripts;
  const { age, size, upstreams } = keep;
  const upkeep: UpkeepOptions = {
    search,
    ...(compact === false ? {} : { compact }),
    keep: {
      ...(age === undefined ? {} : { age }),
      ...(size === undefined ? {} : { size }),
      upstreams,
    },
  };
  const store = await SqliteStore.open({
    path: resolve(base, path),
    durability,
    upkeep,
    onUpkeep: ({ chore, failure }) => {
      if (failure === undefined) log.info({ chore }, 'upkeep of the transcripts works again');
      else log.error({ chore, cause: failure }, 'upkeep of the transcripts fails');
    },
  });
  started.add(() => store.close());
  return store;
}
