import { parentPort } from 'node:worker_threads';
import { readEvents } from '../document/events.ts';

// A thread that takes the text of policy files apart, because of a large one that takes longer than the gate may wait.

parentPort?.on('message', (text: string) => {
  const events = readEvents(text);
  parentPort?.postMessage(events, [events.rows.buffer]);
});
