import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { opening } from './batches.ts';

// Writes what it is told to, says so, and dies without closing: node append-and-die.ts DATABASE COUNT
const [path = '', count = '0'] = process.argv.slice(2);
const store = await SqliteStore.open({ path, durability: 'process' });
for (let i = 0; i < Number(count); i++) {
  await store.append(opening(`exchange-${String(i).padStart(3, '0')}`, 2));
}
process.kill(process.pid, 'SIGKILL');
