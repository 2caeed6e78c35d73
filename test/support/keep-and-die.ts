import { writeSync } from 'node:fs';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import type { UpkeepOptions } from '../../src/store/upkeep-options.ts';
import { end, head, step } from './batches.ts';

// Records calls, with all upkeep at once, and says which are kept, until it is killed:
// node keep-and-die.ts DATABASE NAME OPTIONS
const [path = '', name = '', options = '{}'] = process.argv.slice(2);
const upkeep = JSON.parse(options) as UpkeepOptions;
const store = await SqliteStore.open({
  ...{ path, durability: 'process', keys: [Buffer.alloc(32, 7)], upkeep },
  onUpkeep: ({ chore, failure, alarm }) => {
    if (failure !== undefined || alarm !== undefined) tell(`!${chore}: ${failure ?? alarm}`);
  },
});

for (let n = 0; ; n++) {
  const id = `${name}-${String(n).padStart(6, '0')}`;
  const at = Date.now();
  // Sixteen at a time, as calls come.
  const calls = Array.from({ length: 16 }, (_, part) => call(`${id}-${part}`, at));
  try {
    await Promise.all(calls.map((batch) => store.append(batch)));
    tell(id);
    // Upkeep, too, must have its turn.
    await new Promise((resolve) => setTimeout(resolve, 4));
  } catch (error) {
    tell(`?${(error as { code?: string }).code ?? (error as Error).message}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function call(id: string, at: number) {
  const payload = `{"id":"${id}","rows":"${`order of ${id},`.repeat(40)}"}`;
  return {
    opened: [head(id, { openedAt: at })],
    events: [
      step(id, 0, { at, payload: `{"call":"${id}"}`, original: `{"secret":"${id}"}` }),
      step(id, 1, { at, kind: 'answered', payload, detail: { rule: 'r' } }),
    ],
    closed: [end(id, { closedAt: at })],
  };
}

/** At once: what is written to a pipe that way is there, whatever becomes of this process. */
function tell(line: string): void {
  writeSync(1, `${line}\n`);
}
