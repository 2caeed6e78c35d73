import { resolve } from 'node:path';
import { masterKeysToSeal } from '../config/key-source-master.ts';
import { cursorsBeside } from '../export/cursors-beside.ts';
import { type MasterKeys, masterKeyName } from '../store/seal/master-keys.ts';
import { neededMasters } from '../store/sqlite/sealed/sealed-periods.ts';
import { SqliteStore } from '../store/sqlite/store.ts';
import type { UpkeepOptions } from '../store/upkeep-options.ts';
import type { DaemonOptions } from './daemon-options.ts';
import { proofKey, publicKeysBeside } from './proof-key.ts';
import type { Started } from './started.ts';

/**
 * Opens the transcripts, with all that is done beside writing them.
 *
 * @returns a rejection (GateError TRANSCRIPT_KEY, STORE_UNREADABLE) where that can't be
 */
export async function openTranscripts(
  options: DaemonOptions,
  started: Started,
): Promise<SqliteStore> {
  const { config, base, log } = options;
  const { path, durability, proof, compact, search } = config.transcripts;
  const database = resolve(base, path);
  const upkeep: UpkeepOptions = {
    proof: {
      key: await proofKey(proof.key, database, base),
      earlier: publicKeysBeside(database),
      every: proof.every,
    },
    search,
    ...(compact === false ? {} : { compact }),
    keep: keptOf(options.config.transcripts, cursorsBeside(database)),
  };
  const keys = await originalsKeys(options, database);
  const store = await SqliteStore.open({
    path: database,
    durability,
    keys,
    upkeep,
    onUpkeep: ({ chore, failure, alarm }) => {
      if (alarm !== undefined) tellTampering(alarm, log);
      else if (failure === undefined) log.info({ chore }, 'upkeep of the transcripts works again');
      else log.error({ chore, cause: failure }, 'upkeep of the transcripts fails');
    },
  });
  started.add(() => store.close());
  if (keys) tellForeignKeys(database, keys, log);
  return store;
}

/** How long everything is kept; what exports have yet to take longer, by so much of the size unless told otherwise. */
const UNEXPORTED = 0.1;

function keptOf(
  { keep, export: exports }: DaemonOptions['config']['transcripts'],
  path: string,
): NonNullable<UpkeepOptions['keep']> {
  const { age, size, upstreams, unexported } = keep;
  const names = Object.keys(exports);
  const isAwaited = unexported !== false && names.length > 0;
  const longer = isAwaited && {
    ...{ path, names, age: unexported.age },
    size: unexported.size ?? Math.round((size ?? 0) * UNEXPORTED),
  };
  return {
    ...(age === undefined ? {} : { age }),
    ...(size === undefined ? {} : { size }),
    ...{ upstreams, ...(longer && { unexported: longer }) },
  };
}

/** Said loudly, and once: the proof names the place for good. */
function tellTampering(what: string, log: DaemonOptions['log']): void {
  const message = 'the transcripts are not what the gate has left; see "sallyport verify"';
  log.error({ code: 'PROOF_BROKEN', cause: what }, message);
}

/** The master keys, where originals are kept. Without them the gate does not start. */
async function originalsKeys(
  { config: { transcripts }, base }: DaemonOptions,
  database: string,
): Promise<MasterKeys | undefined> {
  if (transcripts.originals === 'none') return undefined;
  return masterKeysToSeal({ keys: transcripts.keys, database, base });
}

/** Originals of before that can't be read with the keys of now: said at once, not when somebody needs them. */
function tellForeignKeys(database: string, keys: MasterKeys, log: DaemonOptions['log']): void {
  const known = keys.map(masterKeyName);
  const foreign = neededMasters(database).filter((name) => !known.includes(name));
  if (foreign.length === 0) return;
  log.warn(
    { code: 'TRANSCRIPT_SEALED', keys: foreign },
    'originals of before are sealed with keys that the configuration does not have',
  );
}
