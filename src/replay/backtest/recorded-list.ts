import { isList, isObject, type Json, type JsonObject, textMember } from '../../model/json.ts';
import type { TranscriptEvent } from '../../model/transcript.ts';
import { type MethodRow, methodRow } from '../../protocol/methods.ts';
import { looksMasked } from '../hidden-places.ts';
import type { RecordedCase } from '../recorded-case.ts';
import { messageIn } from '../recorded-exchange.ts';

export type ListRow = NonNullable<MethodRow['list']>;

/** The items of a list; the same object for the same text, so that what is found out of it is found once. */
export interface ListItems {
  readonly items: readonly Json[];
  /** Of each item that has one. */
  readonly names: ReadonlySet<string>;
}

/** The answer to a request for a list, as far as the transcript has it. */
export interface RecordedList {
  /** When it was answered; milliseconds since the epoch. */
  readonly at: number;
  /** What can be judged again: the list as it came, or what was left of it. */
  readonly known: ListItems;
  /** What was left in it then. */
  readonly left: ListItems;
  /** Items of {@link known} that are not compared: a pin took them out, or a mask may have changed their name. */
  readonly apart: ReadonlySet<string>;
  /** Items that were left out then, and that nobody can name any more. */
  readonly unknown: number;
  /** Masks may have changed what is said of its items. */
  readonly masked: boolean;
}

/** Characters of lists that are remembered, then forgotten at once. */
const MAX_REMEMBERED = 33_554_432;
const NO_NAMES: ReadonlySet<string> = new Set();

/** Reads the lists of recorded answers. */
export class RecordedLists {
  readonly #known = new Map<string, ListItems>();
  #characters = 0;

  /** The list of an exchange, or why it can't be compared; undefined where none was given. */
  of(found: RecordedCase): RecordedList | string | undefined {
    const { list } = methodRow(found.record.method);
    const event = found.events.findLast(({ kind }) => kind === 'answered');
    if (!list || !event || found.direction !== 'up') return undefined;
    if (event.detail?.characters !== undefined) return 'only the beginning of the list was kept';
    const left = this.#items(event.payload, list);
    if (!left) return left === null ? undefined : 'what the list said was not kept';
    const { pruned, pinned, pins, masked } = notesOf(found.events, list);
    const came = event.detail?.original ? undefined : this.#items(event.original, list);
    if (came) {
      const gone = [...came.names].filter((name) => !left.names.has(name));
      // What else has taken something out, or changed a name, can't be told from what the policies have.
      const isPlain =
        left.items.length === left.names.size && came.items.length === came.names.size;
      const isKnown = pins.size === pinned && gone.length === pruned + pinned;
      if (isPlain && isKnown) {
        return { at: event.at, known: came, left, apart: pins, unknown: 0, masked: false };
      }
    }
    const changed = masked || isSealed(event);
    const apart = changed ? new Set([...left.names].filter(looksMasked)) : NO_NAMES;
    return { at: event.at, known: left, left, apart, unknown: pruned, masked: changed };
  }

  /** Null where there is an answer without such a list. */
  #items(payload: string | undefined, list: ListRow): ListItems | null | undefined {
    if (payload === undefined) return undefined;
    // What comes before the result tells one answer from another, and nothing of the list.
    const from = payload.indexOf('"result"');
    const key = `${list.key}\n${from < 0 ? payload : payload.slice(from)}`;
    const before = this.#known.get(key);
    if (before) return before;
    const message = messageIn(payload);
    if (!message) return undefined;
    const found = itemsIn(message, list);
    if (!found) return null;
    if (this.#characters + key.length > MAX_REMEMBERED) {
      this.#known.clear();
      this.#characters = 0;
    }
    this.#characters += key.length;
    this.#known.set(key, found);
    return found;
  }
}

function itemsIn({ result }: JsonObject, { key, name }: ListRow): ListItems | undefined {
  const value = isObject(result) ? result[key] : undefined;
  if (!isList(value)) return undefined;
  const names = value.flatMap((item) => (isObject(item) ? (textMember(item, name) ?? []) : []));
  return { items: value, names: new Set(names) };
}

/** An original that is not at hand: what came is another list. */
function isSealed(event: TranscriptEvent & { readonly sealed?: true }): boolean {
  return event.sealed !== undefined || event.original !== undefined;
}

/** What a transcript says of how a list was changed. */
function notesOf(events: readonly TranscriptEvent[], { key }: ListRow) {
  const pins = new Set<string>();
  let [pruned, pinned, masked] = [0, 0, false];
  for (const { kind, detail } of events) {
    if (kind !== 'masked') continue;
    const count = typeof detail?.count === 'number' ? detail.count : 0;
    if (detail?.what === `${key} (pruned)`) pruned += count;
    else if (detail?.what === `${key} (pins)`) {
      pinned += count;
      for (const name of Object.keys(isObject(detail.tools) ? detail.tools : {})) pins.add(name);
    } else masked = true;
  }
  return { pruned, pinned, pins, masked };
}
