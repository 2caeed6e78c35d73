import type { Socket } from 'node:net';

/** What a client of HTTP/2 says first (RFC 9113, section 3.4). No request of HTTP/1 begins so. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/**
 * Finds out from the first bytes of a connection whether its client speaks HTTP/2 (RFC 9113, section 3.3). The bytes
 * are still there to be read when it says so. A client that says too little in the time it has is cut off.
 *
 * @param time in milliseconds
 * @param found told once, and not at all where the connection ends before
 */
export function onFirstBytes(
  socket: Socket,
  time: number,
  found: (isHttp2: boolean) => void,
): void {
  let seen: Buffer = Buffer.alloc(0);
  const cut = () => socket.destroy();
  const late = setTimeout(cut, time).unref();
  const forget = () => {
    clearTimeout(late);
    socket.off('readable', read).off('end', cut).off('error', ignore).off('close', forget);
  };
  const read = () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, PREFACE.length);
    const alike = PREFACE.compare(seen, 0, length, 0, length) === 0;
    if (alike && length < PREFACE.length) return;
    forget();
    socket.unshift(seen);
    found(alike);
  };
  socket.on('readable', read).on('end', cut).on('error', ignore).on('close', forget);
}

/** A connection that breaks before it was used is nobody's loss; it closes by itself. */
function ignore(): void {}
