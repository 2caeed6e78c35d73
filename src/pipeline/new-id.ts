import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Random bytes are drawn many at a time: a draw for each id costs as much as judging a message. */
const pool = Buffer.allocUnsafeSlow(4_096);
const BYTES = 16;
let used = pool.length;
let msecs = 0;
let seq = 0;

/** A new id for an exchange or session: a UUID of version 7 (RFC 9562), so that ids sort by when they were made. */
export function newId(): string {
  if (used + BYTES > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + BYTES);
  used += BYTES;
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    seq = random.readUInt32BE(0) >>> 1;
  } else {
    seq++;
  }
  return v7({ random, msecs, seq });
}
