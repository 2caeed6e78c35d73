import { once } from 'node:events';
import { connect } from 'node:net';

/** A response as it came. */
export interface RawResponse {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Writes bytes to a gate as they are, piece by piece, and reads until it closes or has answered `count` times. */
export async function rawHttp(
  url: string,
  pieces: string | readonly string[],
  count = 1,
): Promise<RawResponse[]> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  const done = new Promise<void>((resolve) => {
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (responsesIn(text).length >= count) resolve();
    });
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
  });
  await once(socket, 'connect');
  for (const piece of typeof pieces === 'string' ? [pieces] : pieces) {
    socket.write(piece, 'latin1');
    // A turn of the event loop, so that pieces arrive as pieces.
    await new Promise((next) => setTimeout(next, 5));
  }
  await done;
  socket.destroy();
  return responsesIn(text);
}

/** The whole responses in what was read: those with a length. */
function responsesIn(text: string): RawResponse[] {
  const found: RawResponse[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return found;
    const head = rest.slice(0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return found;
    rest = rest.slice(end + 4 + length);
    const status = Number(head.split(' ')[1]);
    if (status >= 200) found.push({ status, head, body });
  }
}

/** A request as text. */
export function httpText(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
