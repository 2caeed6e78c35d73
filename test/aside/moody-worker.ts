import { parentPort } from 'node:worker_threads';
import { doMaskWork, type MaskWork, READY } from '../../src/aside/mask-work.ts';

// A thread that masks, and does what the text says: it hangs, dies, fails, or takes a while.

parentPort?.on('message', (work: MaskWork) => {
  const { text } = work;
  if (text.includes('please hang')) for (;;);
  if (text.includes('please die')) process.exit(7);
  if (text.includes('please throw')) throw new RangeError('eve@example.org');
  if (text.includes('please fail')) parentPort?.postMessage({ failed: 'RangeError' });
  else if (text.includes('please wait')) setTimeout(() => reply(work), 300);
  else reply(work);
  // It lives until its next rest.
  if (text.includes('then die')) setTimeout(() => process.exit(7), 20);
});

parentPort?.postMessage(READY);

function reply(work: MaskWork): void {
  parentPort?.postMessage(doMaskWork(work));
}
