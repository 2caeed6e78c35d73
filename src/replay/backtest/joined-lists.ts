import { sums, total } from './sums.ts';
import {
  callerKey,
  changeKey,
  type ListChange,
  type ListsTally,
  MOST_LISTED_FOR,
  MOST_ROWS,
  type NamedCaller,
} from './tally.ts';

/** What two parts have found in lists, together. */
export function joinedLists(a: ListsTally, b: ListsTally): ListsTally {
  const known = new Map(a.changes.map((one) => [changeKey(one), one]));
  for (const more of b.changes) {
    const key = changeKey(more);
    known.set(key, joined(known.get(key), more));
  }
  const changes = [...known.values()];
  return {
    compared: a.compared + b.compared,
    open: sums(a.open, b.open),
    unknownItems: a.unknownItems + b.unknownItems,
    changes: changes.slice(0, MOST_ROWS),
    moreChanges: a.moreChanges + b.moreChanges + total(changes.slice(MOST_ROWS), 'lists'),
  };
}

/** Most frequent first, callers by name. */
export function inOrder({ changes, ...lists }: ListsTally): ListsTally {
  const sorted = [...changes].sort(
    (a, b) => b.lists - a.lists || (changeKey(a) < changeKey(b) ? -1 : 1),
  );
  return { ...lists, changes: sorted };
}

/** Callers by name, each once, as many as there is room for. */
export function firstCallers(callers: Iterable<NamedCaller>): readonly NamedCaller[] {
  const all = new Map([...callers].map((one) => [callerKey(one), one]));
  const byName = [...all].sort(([a, one], [b, other]) => {
    return one.sub === other.sub ? (a < b ? -1 : 1) : one.sub < other.sub ? -1 : 1;
  });
  return byName.slice(0, MOST_LISTED_FOR).map(([, caller]) => caller);
}

function joined(known: ListChange | undefined, more: ListChange): ListChange {
  if (!known) return more;
  const callers = firstCallers([...known.callers, ...more.callers]);
  const all = new Set([...known.callers, ...more.callers].map(callerKey));
  return {
    ...more,
    lists: known.lists + more.lists,
    callers,
    moreCallers: known.moreCallers || more.moreCallers || all.size > callers.length,
  };
}
