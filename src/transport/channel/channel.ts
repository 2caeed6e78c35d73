import type { GateError } from '../../model/errors.ts';

/** What a channel does. */
export interface ChannelEvents {
  /** A message, decoded by nobody yet and valid until this returns. No more is read while the promise is pending. */
  message(message: Uint8Array | string): void | Promise<void>;
  /** A message was larger than allowed, and left out. */
  tooLarge(): void;
  /** It takes no more messages; what the upstream has said is still to come. May be called several times. */
  closing(): void;
  /** It could not open, or has ended and everything that it said was read. Once. */
  gone(error: GateError): void;
}

/** Why a message was not sent; undefined where it is on its way. */
export type Written = GateError | undefined;

/** A connection to an upstream on which one stream carries everything that it says: a process, or a stream of events. */
export interface Channel {
  /** True while what the upstream says is not read. */
  readonly paused: boolean;
  /** What the log names beside the upstream when it has ended by itself. */
  readonly logFields: object;
  /** Sends a message. Never throws or rejects. */
  write(message: string): Written | Promise<Written>;
  /** Ends it; {@link ChannelEvents.gone} follows. Never rejects. */
  close(): Promise<void>;
}

/** Opens a channel. Whether that works, its events tell; none of them comes before this has returned. */
export type OpenChannel = (events: ChannelEvents) => Channel;
