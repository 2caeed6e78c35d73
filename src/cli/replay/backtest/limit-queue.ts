import type { DueClaim } from '../../../replay/backtest/limit-claims.ts';
import type { LimitCandidate, LimitKind } from '../../../replay/backtest/limit-share.ts';
import type { NamedCaller } from '../../../replay/backtest/tally.ts';

type Named = 'kind' | 'caller' | 'after' | 'before';

/** A message that limits count, with what it has in common with others. */
export interface Queued extends Omit<LimitCandidate, Named> {
  readonly kind: LimitKind;
  readonly caller: NamedCaller;
  /** What it claims of the limits of the policies, and of the baseline. */
  readonly after: readonly DueClaim[];
  readonly before: readonly DueClaim[];
  /** What it is ordered by. */
  readonly order: number;
}

/** Gives out messages in order of time: a binary heap. */
export class LimitQueue {
  readonly #heap: Queued[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** When the first is due; undefined where there is none. */
  get next(): number | undefined {
    return this.#heap[0]?.order;
  }

  add(one: Queued): void {
    const heap = this.#heap;
    let at = heap.push(one) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (isBefore(heap[above] as Queued, one)) break;
      heap[at] = heap[above] as Queued;
      at = above;
    }
    heap[at] = one;
  }

  take(): Queued | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const isRight = right < heap.length && isBefore(heap[right] as Queued, heap[left] as Queued);
      const next = isRight ? right : left;
      if (isBefore(last, heap[next] as Queued)) break;
      heap[at] = heap[next] as Queued;
      at = next;
    }
    heap[at] = last;
    return first;
  }
}

/** The same order whoever has gathered them. */
function isBefore(a: Queued, b: Queued): boolean {
  if (a.order !== b.order) return a.order < b.order;
  return a.openedAt === b.openedAt ? a.exchange < b.exchange : a.openedAt < b.openedAt;
}
