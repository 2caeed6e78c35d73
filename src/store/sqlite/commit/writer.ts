import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../model/errors.ts';
import { BatchWriter } from './batch-writer.ts';
import { DONE, HANDED, type WriterData, type WriterRequest } from './protocol.ts';

// The thread that owns the writing connection. It sleeps until a request is handed over, does it, and wakes the other
// thread. Atomics cost a third of what messages both ways would.

/** This thread may wait for somebody else's lock. Milliseconds. */
const BUSY = 5_000;
/** Pages of the log after which they are moved into the database; this thread has the time for it. */
const CHECKPOINT = 1_000;

const { turns, port, ...options } = workerData as WriterData;
const turn = new Int32Array(turns);
const writer = new BatchWriter(options, { busy: BUSY, checkpoint: CHECKPOINT });

parentPort?.postMessage('ready');
for (let handed = 0; ; handed++) {
  Atomics.wait(turn, HANDED, handed);
  const request = receiveMessageOnPort(port)?.message as WriterRequest;
  const failure = perform(request);
  if (failure !== undefined) port.postMessage({ failure });
  Atomics.add(turn, DONE, 1);
  Atomics.notify(turn, DONE);
  if (request.kind === 'close') break;
}
port.close();

function perform(request: WriterRequest): string | undefined {
  try {
    if (request.kind === 'close') writer.close();
    else writer.write(request);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
