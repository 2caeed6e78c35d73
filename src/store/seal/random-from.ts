import { randomFillSync } from 'node:crypto';

/** Bytes that are asked for at once: one call of the generator costs ten times what it takes to cut a piece off. */
const POOL = 16_384;

let pool = Buffer.alloc(0);

/** Random bytes that nobody else has had. The pool never keeps what it has given out. */
export function randomFrom(bytes: number): Buffer {
  if (pool.length < bytes) pool = randomFillSync(Buffer.alloc(Math.max(POOL, bytes)));
  const piece = Buffer.from(pool.subarray(0, bytes));
  pool.fill(0, 0, bytes);
  pool = pool.subarray(bytes);
  return piece;
}
