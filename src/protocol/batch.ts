import { GateError } from '../model/errors.ts';
import { isList } from '../model/json.ts';
import type { Frame } from '../model/message.ts';
import { type FrameLimits, frameOf, parseText, textOf } from './jsonrpc.ts';

/** A member of a batch: a message, or why it is none. */
export type BatchMember = Frame | GateError;

/** The revision that has batches (2025-03-26, basic, batching); the next one took them out again. */
export const BATCH_REVISION = '2025-03-26';
/** Messages in a batch. */
const MAX_MEMBERS = 100;

/** The first byte of a list, after what JSON allows before it. */
const LIST = 0x5b;
const SPACE = [0x20, 0x09, 0x0a, 0x0d];

/** True where a body is a list of messages instead of one. */
export function isBatch(bytes: Uint8Array): boolean {
  return bytes.find((byte) => !SPACE.includes(byte)) === LIST;
}

/**
 * Reads a batch that came from a client. A member that is no message doesn't spoil the others.
 *
 * @throws GateError FRAME_*: it can't be read at all, is empty, or has too many members
 */
export function decodeBatch(bytes: Uint8Array, limits: FrameLimits): BatchMember[] {
  // The list itself is one level more.
  const members = parseText(textOf(bytes), limits.depth + 1);
  if (!isList(members) || members.length === 0) {
    throw new GateError('FRAME_INVALID', 'the batch is empty');
  }
  if (members.length > MAX_MEMBERS) {
    throw new GateError('FRAME_TOO_LARGE', `the batch has more than ${MAX_MEMBERS} messages`);
  }
  return members.map((member) => {
    try {
      return frameOf(member, 'up');
    } catch (error) {
      if (error instanceof GateError) return error;
      throw error;
    }
  });
}
