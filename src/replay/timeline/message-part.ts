import type { Json } from '../../model/json.ts';
import type { Place } from './masked-places.ts';

/** A part of a message that a reader cares for. */
export interface MessagePart {
  /** What it is called; empty for the only thing that a message says. */
  readonly name: string;
  /** Where it is in the message. */
  readonly place: Place;
  readonly value: Json;
  /** Said instead of the value, which is too much to show, or nothing to read. */
  readonly note?: string;
}
