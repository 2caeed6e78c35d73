import type { ExchangeRecord } from '../../model/transcript.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { Chapter, Told } from './timeline-step.ts';

/** Calls that are remembered because what follows may belong to them. */
const MOST_OPEN = 64;

/** Numbers exchanges, oldest first, and tells within which call of its session each one came. */
export function* chaptersOf(told: Iterable<Told>): Generator<Chapter> {
  const calls: { readonly number: number; readonly record: ExchangeRecord }[] = [];
  let number = 0;
  for (const one of told) {
    number++;
    const { record } = one;
    const isCall = methodRow(record.method).resumes === true;
    const within = isCall ? undefined : calls.findLast((call) => isWithin(record, call.record));
    yield { ...one, number, ...(within && { during: within.number }) };
    if (!isCall) continue;
    calls.push({ number, record });
    if (calls.length > MOST_OPEN) calls.shift();
  }
}

function isWithin({ session, openedAt }: ExchangeRecord, call: ExchangeRecord): boolean {
  if (!session || session !== call.session) return false;
  return call.openedAt <= openedAt && (call.closedAt ?? Number.POSITIVE_INFINITY) >= openedAt;
}
