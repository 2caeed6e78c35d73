import { writeSync } from 'node:fs';
import { SqliteApprovals } from '../../src/store/sqlite/approval/approvals.ts';
import { approvalNamed, changed, noticeNamed } from './approvals.ts';

// Opens approvals, grants them and uses the grants, many at a time, says each step that is done, and goes on until it is
// killed: node approve-and-die.ts DATABASE
const [path = ''] = process.argv.slice(2);
const quiet = { info() {}, warn() {}, error() {}, debug() {} };
const bounds = { max: 1_000_000, maxPerCaller: 1_000_000 };
const store = new SqliteApprovals({ path, clock: Date.now, log: quiet, bounds });
let made = 0;

async function live(): Promise<never> {
  for (;;) {
    const id = `a${String(made++).padStart(6, '0')}`;
    const said = (step: string) => writeSync(1, `${id} ${step}\n`);
    const told = (step: string) => [noticeNamed(`${id} ${step}`, { approval: id })];
    const asked = approvalNamed(id);
    await store.open(asked, told('asked'));
    said('1');
    const granted = changed(asked, { state: 'granted', usableUntil: 601_000 });
    await store.replace(granted, told('granted'));
    said('2');
    await store.replace(changed(granted, { state: 'used', endedAt: 2_000 }), told('used'));
    said('3');
  }
}

await Promise.all(Array.from({ length: 8 }, live));
