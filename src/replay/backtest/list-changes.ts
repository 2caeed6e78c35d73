import type { PolicySet } from '../../policy/policy-set.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { RecordedCase } from '../recorded-case.ts';
import type { Engine } from './engine.ts';
import { firstCallers } from './joined-lists.ts';
import { Listing } from './listing.ts';
import { RecordedLists } from './recorded-list.ts';
import {
  callerKey,
  changeKey,
  type ListChange,
  type ListsTally,
  MOST_LISTED_FOR,
  MOST_ROWS,
  type NamedCaller,
} from './tally.ts';

interface Counted extends Omit<ListChange, 'lists' | 'callers' | 'moreCallers'> {
  lists: number;
  callers: Map<string, NamedCaller>;
  moreCallers: boolean;
}

/** Characters of a name in what is told. */
const MAX_NAME = 1_024;

/** Compares what recorded lists show by two sets of policies, or by what was left in them then. */
export class ListChanges {
  readonly #lists = new RecordedLists();
  readonly #after: Listing;
  readonly #before: Listing | undefined;
  readonly #counts = { compared: 0, unknownItems: 0, moreChanges: 0 };
  readonly #open = new Map<string, number>();
  readonly #changes = new Map<string, Counted>();

  constructor(policies: PolicySet, baseline: PolicySet | undefined, engine: Engine) {
    this.#after = new Listing(policies, engine);
    this.#before = baseline && new Listing(baseline, engine);
  }

  /** @param found is let through by both */
  add(found: RecordedCase): void {
    const { list: row } = methodRow(found.record.method);
    const list = row && this.#lists.of(found);
    if (!row || !list) return;
    if (typeof list === 'string') return this.#leaveOpen(list);
    const after = this.#after.of(list, row, found);
    const before = this.#before ? this.#before.of(list, row, found) : list.left.names;
    if (typeof after === 'string') return this.#leaveOpen(after);
    if (typeof before === 'string') return this.#leaveOpen(before);
    this.#counts.compared++;
    this.#counts.unknownItems += list.unknown;
    if (before === after) return;
    for (const item of list.known.names) {
      const is = after.has(item);
      if (is !== before.has(item) && !list.apart.has(item)) {
        this.#note(found, item, is ? 'listed' : 'unlisted');
      }
    }
  }

  tally(): ListsTally {
    return {
      ...this.#counts,
      open: Object.fromEntries(this.#open),
      changes: [...this.#changes.values()].map((one) => trimmed(one)),
    };
  }

  #leaveOpen(why: string): void {
    this.#open.set(why, (this.#open.get(why) ?? 0) + 1);
  }

  #note({ record }: RecordedCase, name: string, change: ListChange['change']): void {
    const { upstream, method, sub = '', issuer = '' } = record;
    const item = name.slice(0, MAX_NAME);
    const key = changeKey({ change, upstream, method, item });
    let known = this.#changes.get(key);
    if (!known && this.#changes.size >= MOST_ROWS) {
      this.#counts.moreChanges++;
      return;
    }
    known ??= { change, upstream, method, item, lists: 0, callers: new Map(), moreCallers: false };
    this.#changes.set(key, known);
    known.lists++;
    known.callers.set(callerKey({ sub, issuer }), { sub, issuer });
    if (known.callers.size > 2 * MOST_LISTED_FOR) {
      const { callers } = trimmed(known);
      known.callers = new Map(callers.map((one) => [callerKey(one), one]));
      known.moreCallers = true;
    }
  }
}

function trimmed({ callers, ...change }: Counted): ListChange {
  const first = firstCallers(callers.values());
  const moreCallers = change.moreCallers || callers.size > first.length;
  return { ...change, callers: first, moreCallers };
}
