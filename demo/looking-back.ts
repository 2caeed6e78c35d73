import { existsSync, readFileSync } from 'node:fs';
import { explain } from '../src/cli/explain.ts';
import { describeExchange, exchangeLine } from '../src/cli/transcript-view.ts';
import { type Layout, layoutOf } from '../src/cli/transcripts/layout.ts';
import { headLine } from '../src/cli/transcripts/line.ts';
import type { ExchangeRecord } from '../src/model/transcript.ts';
import { SqliteReader } from '../src/store/sqlite/reader.ts';
import { ask } from './ask.ts';
import { includes, same, Unexpected } from './expect.ts';
import type { PersonalData } from './personal-data.ts';
import * as say from './say.ts';
import { CUSTOMER, type Stage } from './stage.ts';

const { colour } = say;
const width = say.width - 4;

/** Shows what the gate has written down, read from its database while it runs. */
export async function tell(stage: Stage): Promise<void> {
  const reader = new SqliteReader(stage.database);
  try {
    const calls = reader.exchanges({ method: 'tools/call', limit: 100 });
    say.step('The transcript: every tool call that the gate saw');
    const layout = layoutFor(calls);
    say.block(headLine(layout, colour));
    for (const call of calls) say.block(exchangeLine(call, { colour, layout }));
    same('calls that are still open', calls.filter(({ outcome }) => outcome === 'open').length, 0);

    const show = (call: ExchangeRecord) =>
      describeExchange(call, reader.events(call.id), { colour, width });
    say.step('The story of the call that was masked');
    const masked = show(only(calls, 'ana', 'read_text_file'));
    say.block(masked);
    includes('the story', masked, 'masked', 'no-personal-data', '[redacted:email]');
    say.step('Why the other one was blocked: "sallyport explain"');
    const { printed: why } = await ask(explain, [only(calls, 'ana', 'write_file').id], stage);
    say.block(why);
    includes('the explanation', why, 'blocked by only-developers-write', 'Analysts read');
  } finally {
    reader.close();
  }
}

/** All but what is the same in every line, where there is room for it. */
function layoutFor(calls: readonly ExchangeRecord[]): Layout {
  const { columns, cuts } = layoutOf(calls);
  const kept = columns.filter(({ name }) => name !== 'time' && name !== 'agent');
  const total = kept.reduce((sum, column) => sum + column.width + 2, -2);
  return total <= width ? { columns: kept, cuts } : layoutOf(calls, width);
}

function only(calls: readonly ExchangeRecord[], who: string, tool: string): ExchangeRecord {
  const [found, ...more] = calls.filter(({ sub, target }) => sub === who && target === tool);
  if (found && more.length === 0) return found;
  throw new Unexpected(`${tool} of ${who} in the transcript`, 'one call', [found, ...more]);
}

/** Looks for what was masked in every byte that the gate has written. */
export function search(
  { database, tokens, approvals, log }: Stage,
  { addresses, cards, forms }: PersonalData,
): void {
  say.step('No address and no card number is in the files of the gate');
  const files = [database, tokens, approvals]
    .flatMap((file) => ['', '-wal', '-shm'].map((end) => file + end))
    .filter((file) => existsSync(file));
  const written = files.map((file) => [file.replace(/.*\//, ''), readFileSync(file)] as const);
  // A value that two pages of the file share is whole in its row.
  const all = [...written, ['their rows', rows(database)], ['the log', Buffer.from(log)]] as const;
  for (const [name, bytes] of all) {
    for (const one of [...forms, CUSTOMER.name, CUSTOMER.address]) {
      if (bytes.includes(one)) throw new Unexpected(`the bytes of ${name}`, `no ${one}`, one);
    }
    say.fact(name, `${bytes.length.toLocaleString('en')} bytes`, 18);
  }
  // Otherwise a transcript that was written elsewhere, or compressed, would pass.
  const recorded = written.some(([, bytes]) => bytes.includes('Ada Lovelace,[redacted:email]'));
  same('whether the masked answer is there', recorded, true);
  const count = `the ${addresses.length} addresses and the ${cards.length} card numbers`;
  say.holds(`the masked answer is among these bytes; ${count} are not`);
  say.holds('neither is what tokens stand for: tokens.db has it sealed');
}

function rows(database: string): Buffer {
  const reader = new SqliteReader(database);
  try {
    const exchanges = reader.exchanges({ limit: 1_000 });
    return Buffer.from(JSON.stringify([exchanges, reader.eventsAfter(0, 10_000)]));
  } finally {
    reader.close();
  }
}
