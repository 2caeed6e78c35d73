import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../model/errors.ts';
import { decodeFrame, errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import type { UpstreamLink } from '../../transport/contract.ts';
import { LineDecoder } from '../../transport/stdio/line-decoder.ts';
import type { Terminal } from '../verb.ts';
import { GateClient } from './gate-client.ts';

/** Bytes and nesting of a message, either way; the gate has limits of its own. */
export const lineLimits = { bytes: 64 * 1_048_576, depth: 512 } as const;
/** Answers that are awaited when the input has ended get so many milliseconds. */
const GRACE = 10_000;

/**
 * Lets a client on standard input and output talk to a link, a message a line.
 *
 * @returns why it is over: its input has ended, the link has ended the session, or somebody asked to stop
 */
export async function converse(
  link: UpstreamLink,
  terminal: Terminal,
): Promise<'ended' | 'lost' | 'stopped'> {
  const lost = Promise.withResolvers<'lost'>();
  const client = new GateClient({
    link,
    write: (text) => {
      terminal.out(`${text}\n`);
      return terminal.drained();
    },
    lost: (error) => {
      terminal.err(`sallyport: ${error.explain()}\n`);
      lost.resolve('lost');
    },
  });
  const stopped = new Promise<'stopped'>((resolve) => {
    terminal.signal.addEventListener('abort', () => resolve('stopped'), { once: true });
    if (terminal.signal.aborted) resolve('stopped');
  });
  try {
    return await Promise.race([read(client, terminal), lost.promise, stopped]);
  } finally {
    await client.close();
  }
}

/** Hands on line after line until there are no more. */
async function read(client: GateClient, terminal: Terminal): Promise<'ended'> {
  const refuse = (error: unknown) => {
    const answer = errorAnswer(null, rpcCodes.parse, messageOf(error));
    terminal.out(`${JSON.stringify(answer)}\n`);
  };
  const decoder = new LineDecoder(lineLimits.bytes, () => refuse('the message is too large'));
  const take = (line: Uint8Array) => {
    try {
      client.send(decodeFrame(line, 'up', lineLimits));
    } catch (error) {
      refuse(error);
    }
  };
  for await (const chunk of terminal.input) {
    for (const line of decoder.push(chunk)) take(line);
  }
  for (const line of decoder.end()) take(line);
  // A script may have closed its end as soon as it had asked.
  await Promise.race([client.settled(), sleep(GRACE, undefined, { ref: false })]);
  return 'ended';
}
