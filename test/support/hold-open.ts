import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { closing, opening } from './batches.ts';

// Opens an exchange, says so, and ends it once it is told to: node hold-open.ts DATABASE EXCHANGE
const [path = '', id = ''] = process.argv.slice(2);
const store = await SqliteStore.open({ path, durability: 'process' });
await store.append(opening(id));
process.stdout.write('open\n');
process.stdin.once('data', async () => {
  await store.append(closing(id));
  await store.close();
  process.exit(0);
});
