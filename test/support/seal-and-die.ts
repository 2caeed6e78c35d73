import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { head, step } from './batches.ts';

// Writes exchanges with sealed originals, and dies without closing: node seal-and-die.ts DATABASE COUNT
const [path = '', count = '0'] = process.argv.slice(2);
const keys = [new Uint8Array(32).fill(9)] as const;
const store = await SqliteStore.open({ path, durability: 'process', keys });
for (let n = 0; n < Number(count); n++) {
  const id = `exchange-${String(n).padStart(3, '0')}`;
  const events = [step(id, 0, { payload: '"masked"', original: `"secret-${n}"` })];
  await store.append({ opened: [head(id)], events, closed: [] });
}
process.kill(process.pid, 'SIGKILL');
