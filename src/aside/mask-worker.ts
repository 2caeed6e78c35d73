import { parentPort } from 'node:worker_threads';
import {
  doMaskWork,
  type MaskWork,
  type MaskWorkDone,
  type MaskWorkFailed,
  READY,
} from './mask-work.ts';

// A thread that masks large messages, because the one that serves calls may not be kept waiting so long.

parentPort?.on('message', (work: MaskWork) => {
  let reply: MaskWorkDone | MaskWorkFailed;
  try {
    reply = doMaskWork(work);
  } catch (error) {
    // Its message may have what was to be masked.
    reply = { failed: error instanceof Error ? error.name : typeof error };
  }
  parentPort?.postMessage(reply);
});

parentPort?.postMessage(READY);
