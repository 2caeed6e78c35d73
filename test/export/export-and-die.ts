import { CursorStore } from '../../src/export/cursor-store.ts';
import { openLane } from '../../src/export/open-lane.ts';
import { openSink } from '../../src/export/open-sink.ts';
import { StepFeed } from '../../src/store/sqlite/feed/step-feed.ts';
import { toFile, toHttp } from './exporting.ts';

// Exports until it is killed: node export-and-die.ts DATABASE CURSORS file|http TARGET
const [path = '', cursorPath = '', kind, target = ''] = process.argv.slice(2);
const tell = () => undefined;
const clock = Date.now;
const batch = { records: 7, size: 1_048_576 };
const wanted = kind === 'file' ? toFile(target) : toHttp(target, { batch });
const sink = openSink('siem', wanted, { base: '.', gate: 'gate-1', clock, tell });
const lane = openLane('siem', wanted, {
  ...{ source: new StepFeed(path), cursors: new CursorStore(cursorPath), sink, tell, clock },
  ...{ origin: { gate: 'gate-1', version: '1' }, random: Math.random, poll: 2 },
});
await lane.run();
