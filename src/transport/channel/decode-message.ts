import type { Frame } from '../../model/message.ts';
import { decodeFrame, decodeText, type FrameLimits } from '../../protocol/jsonrpc.ts';

/**
 * The frame that a channel's message is.
 *
 * @throws GateError FRAME_*
 */
export function decodeMessage(message: Uint8Array | string, limits: FrameLimits): Frame {
  return typeof message === 'string'
    ? decodeText(message, 'down', limits)
    : decodeFrame(message, 'down', limits);
}
