import type { ExchangeRecord, Outcome, TranscriptEvent } from '../../model/transcript.ts';
import { maskNotes } from '../mask-notes.ts';
import type { Told } from './timeline-step.ts';

/** Names that are counted each; the rest is not. */
const MOST_NAMES = 50;

/** Counts what a timeline has, one exchange after the other. */
export class Totals {
  exchanges = 0;
  steps = 0;
  /** Milliseconds since the epoch; of the first and the last step. */
  from = Number.POSITIVE_INFINITY;
  until = Number.NEGATIVE_INFINITY;
  readonly outcomes = new Map<Outcome, number>();
  readonly upstreams = new Map<string, number>();
  readonly callers = new Map<string, number>();
  readonly agents = new Map<string, number>();
  readonly protocols = new Map<string, number>();
  readonly sessions = new Map<string, number>();
  /** Rules that blocked, and how many exchanges. */
  readonly blockedBy = new Map<string, number>();
  /** What masks found, and in how many steps. */
  readonly masked = new Map<string, number>();
  /** Exchanges in which a rule masked something, and those that waited for people. */
  withMasks = 0;
  withHolds = 0;
  /** Messages whose originals stayed sealed. */
  sealed = 0;

  add({ record, events }: Told): void {
    this.exchanges++;
    this.steps += events.length;
    this.from = Math.min(this.from, record.openedAt);
    this.until = Math.max(this.until, events.at(-1)?.at ?? record.closedAt ?? record.openedAt);
    this.#addRecord(record);
    const found = events.flatMap(rulesMasks);
    for (const what of found) count(this.masked, what);
    if (found.length > 0) this.withMasks++;
    if (events.some(({ kind }) => kind === 'held')) this.withHolds++;
    this.sealed += events.filter(({ sealed }) => sealed).length;
  }

  #addRecord({ upstream, sub, agent, protocol, session, outcome, rule }: ExchangeRecord): void {
    count(this.outcomes, outcome);
    count(this.upstreams, upstream);
    count(this.callers, sub);
    count(this.agents, agent);
    count(this.protocols, protocol);
    count(this.sessions, session);
    if (outcome === 'blocked') count(this.blockedBy, rule);
  }
}

function rulesMasks(event: TranscriptEvent): string[] {
  return maskNotes(event).flatMap(({ rule, what }) => (rule === undefined ? [] : [what]));
}

function count<Name extends string>(counts: Map<Name, number>, name: Name | undefined): void {
  if (!name || (counts.size >= MOST_NAMES && !counts.has(name))) return;
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
