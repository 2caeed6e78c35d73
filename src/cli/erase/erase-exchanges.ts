import { proofKeyThere } from '../../daemon/proof-key.ts';
import { GateError } from '../../model/errors.ts';
import { visible, visibleJson } from '../../model/visible.ts';
import type { ExchangeFilter } from '../../store/contract.ts';
import { type ErasedCounts, Eraser } from '../../store/sqlite/proof/eraser.ts';
import { SqliteReader } from '../../store/sqlite/reader.ts';
import { operatorName } from '../operator-name.ts';
import { Progress } from '../progress.ts';
import { counted } from '../report.ts';
import { configuredProofKey } from '../transcripts/configured.ts';
import { databasePath, type Source } from '../transcripts/database.ts';
import { type Exit, exit, type Terminal } from '../verb.ts';
import { isConfirmed } from './confirmed.ts';

/** What is to be erased. */
export interface ErasePlan {
  /** Ids, or ends of ids; none: what the filter says. */
  readonly ids: readonly string[];
  readonly filter: ExchangeFilter;
  readonly names: boolean;
  readonly reason: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Exchanges that are read at once. */
const PAGE = 500;

/**
 * Erases exchanges, after asking.
 *
 * @returns a rejection (GateError ERASE_REFUSED, STORE_UNREADABLE, …) where that can't be done
 */
export async function eraseExchanges(
  source: Source,
  plan: ErasePlan,
  terminal: Terminal,
): Promise<Exit> {
  const path = databasePath(source, terminal);
  const reader = new SqliteReader(path);
  try {
    const chosen = () => chosenIn(reader, plan);
    const { ended, open } = count(reader, chosen());
    const meant = { exchanges: ended, open, names: plan.names };
    if (plan.dryRun) {
      tell({ ...meant, erased: 0 }, plan, terminal);
      return ended === 0 ? exit.found : exit.fine;
    }
    const question = `Erase ${counted(ended, 'exchange')}${plan.names ? ' with who called' : ''} for good?`;
    if (!plan.yes && !(await isConfirmed(question, terminal))) {
      throw new GateError('ERASE_REFUSED', 'nothing was erased: it was not confirmed', {
        hint: 'answer "yes", or say --yes',
      });
    }
    const key = await proofKeyOf(source, path, terminal);
    const done = await run({ path, key }, chosen(), ended + open, plan, terminal);
    tell({ ...meant, ...done }, plan, terminal);
    const isWhole = ended > 0 && done.open === 0 && done.clean && !terminal.signal.aborted;
    return isWhole ? exit.fine : exit.found;
  } finally {
    reader.close();
  }
}

/** The key that the record of it is signed with. */
function proofKeyOf({ config, db }: Source, database: string, terminal: Terminal) {
  const named = db === undefined ? configuredProofKey(config, terminal) : undefined;
  return proofKeyThere(named?.key, database, named?.base ?? terminal.cwd);
}

async function run(
  { path, key }: { readonly path: string; readonly key: string | undefined },
  ids: Iterable<string>,
  of: number,
  { names, reason }: ErasePlan,
  terminal: Terminal,
): Promise<ErasedCounts & { readonly clean: boolean }> {
  const eraser = new Eraser(path, key);
  const progress = new Progress(terminal, 'exchanges');
  const { signal } = terminal;
  try {
    const onProgress = (done: number) => progress.tell(done, of);
    const erasure = { names, reason, by: operatorName() };
    const counts = await eraser.erase(ids, erasure, { onProgress, signal });
    // Also where nothing fits: an earlier run may have been cut short.
    return { ...counts, clean: await eraser.finish() };
  } finally {
    progress.end();
    eraser.close();
  }
}

/** @throws GateError ERASE_REFUSED where an id leads to no exchange */
function* chosenIn(reader: SqliteReader, { ids, filter }: ErasePlan): Generator<string> {
  for (const id of ids) {
    const record = reader.exchange(id);
    if (!record) {
      const message = `no exchange has an id that ends with "${visible(id)}", or several have`;
      const hint = '"sallyport transcripts list" prints ids';
      throw new GateError('ERASE_REFUSED', `${message}; nothing was erased`, { hint });
    }
    yield record.id;
  }
  if (ids.length > 0) return;
  for (let after = ''; ; ) {
    const page = reader.exchangesAfter(after, { ...filter, limit: PAGE });
    for (const { id } of page) yield id;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.id;
  }
}

function count(reader: SqliteReader, ids: Iterable<string>) {
  let [ended, open] = [0, 0];
  for (const id of ids) {
    const record = reader.exchange(id);
    // What was done to transcripts stays on record.
    if (!record || (record.upstream === '' && record.revision === '')) continue;
    if (record.closedAt === undefined) open++;
    else ended++;
  }
  return { ended, open };
}

interface Told extends Partial<ErasedCounts> {
  readonly exchanges: number;
  readonly erased: number;
  readonly open: number;
  readonly names: boolean;
  /** Whether nothing of it is in the files any more. */
  readonly clean?: boolean;
}

function tell(told: Told, { dryRun, json }: ErasePlan, terminal: Terminal): void {
  if (json) return terminal.out(`${visibleJson({ dry_run: dryRun, ...told }, 2)}\n`);
  const { exchanges, erased, steps = 0, nothing = 0, open, names, clean } = told;
  const who = names ? ', with who called' : '';
  if (dryRun) terminal.out(`would erase ${counted(exchanges, 'exchange')}${who}\n`);
  else if (exchanges === 0) terminal.err('no exchanges that have ended fit: nothing was erased\n');
  else terminal.out(`erased ${counted(erased, 'exchange')} (${counted(steps, 'step')})${who}\n`);
  if (nothing > 0) terminal.out(`${counted(nothing, 'exchange')} had nothing left to erase\n`);
  if (open > 0) {
    terminal.err(
      `${counted(open, 'exchange')} not ended yet: left as they are, erase them later\n`,
    );
  }
  if (clean === false) {
    terminal.err(
      'others read the database all the time, so its files may still hold it: run this again\n',
    );
  }
}
