import { isList, isObject, type JsonObject } from '../../model/json.ts';
import type { TranscriptEvent } from '../../model/transcript.ts';
import { type MaskNote, maskNotes } from '../mask-notes.ts';
import type { RecordedCase } from '../recorded-case.ts';
import { canHold } from './can-hold.ts';
import { type MasksFound, sureEffectOf, sureVerdict, type Verdict } from './verdict.ts';

/**
 * What refused an exchange beside the rules on its message: a limit, a pin, something that it carried inside, or a
 * failure. None of them is judged again.
 */
export const besides = ['limit', 'pin', 'part', 'failure'] as const;
export type Beside = (typeof besides)[number];

/** Masks that have found something, by what they found it in; each as `what with`. */
export interface RecordedMasks {
  readonly message: ReadonlySet<string>;
  readonly answer: ReadonlySet<string>;
}

/** What was made of an exchange when it was recorded. */
export interface RecordedVerdict {
  readonly verdict: Verdict;
  readonly masked: RecordedMasks;
  readonly beside?: Beside;
  /** Rules that matched the message or its answer. */
  readonly matched: readonly string[];
}

type Detail = NonNullable<TranscriptEvent['detail']>;

/** Reads what the rules have decided then; undefined where the exchange never got that far. */
export function recordedVerdict(found: RecordedCase): RecordedVerdict | undefined {
  const read = new Reading(found.direction);
  for (const event of found.events) read.take(event);
  const { call, answer } = read;
  if (!call) return undefined;
  const beside = read.beside === undefined ? {} : { beside: read.beside };
  const matched = [...matchedIn(call), ...(answer ? matchedIn(answer) : [])];
  return { verdict: verdictOf(found, read, call, answer), masked: read.masked, matched, ...beside };
}

/** A step names all rules where several have matched, and the one that decided where one has. */
function matchedIn({ matched, rule, would }: Detail): string[] {
  const shadow = isList(would) ? would.map((one) => (isObject(one) ? one.rule : undefined)) : [];
  const enforced = isList(matched) ? matched : [rule];
  return [...enforced, ...shadow].filter((one) => typeof one === 'string');
}

function verdictOf(
  found: RecordedCase,
  read: Reading,
  call: Detail,
  answer: Detail | undefined,
): Verdict {
  const holds = canHold(found);
  const { record } = found;
  if (answer && answer.effect !== 'allow') return sureVerdict('block', ruleIn(answer));
  const effect = effectIn(call, holds);
  // What masks have left of a call is judged as well, of which there is a step only where that stopped it.
  const stopped = read.stopped && !read.held && read.beside === undefined;
  const stricter = record.effect === 'block' || (record.effect === 'approve' && effect === 'allow');
  if (effect !== 'block' && stopped && stricter) return sureVerdict('block', record.rule);
  if (effect === 'block') return sureVerdict('block', ruleIn(call));
  const masks = read.masks();
  const settled = effect === 'approve' && read.left && !read.held && record.effect === 'allow';
  if (effect === 'approve' && !settled) return sureVerdict('approve', ruleIn(call), masks);
  return sureVerdict(masks.sure.size > 0 ? 'mask' : 'allow', ruleIn(call), masks);
}

/** Goes through the steps of an exchange once, and tells what belongs to its message and to its answer. */
class Reading {
  call: Detail | undefined;
  answer: Detail | undefined;
  beside: Beside | undefined;
  /** The message went on. */
  left = false;
  /** It was refused. */
  stopped = false;
  held = false;
  readonly #direction: 'up' | 'down';
  readonly masked = { message: new Set<string>(), answer: new Set<string>() };
  readonly #all = new Set<string>();
  #decided: Detail[] = [];
  #notes: MaskNote[] = [];
  #received: Detail | undefined;

  constructor(direction: 'up' | 'down') {
    this.#direction = direction;
  }

  take(event: TranscriptEvent): void {
    const { kind, payload } = event;
    switch (kind) {
      case 'decided':
        return this.#decide(event.detail ?? {});
      case 'masked':
        return this.#mask(event);
      case 'held':
      case 'resolved':
        this.held = true;
        return;
      case 'received':
        this.#received = event.detail;
        return;
      case 'failed':
        if (event.detail?.code !== 'CLIENT_GONE') this.#besides('failure');
        return;
      case 'forwarded':
        // What the gate says in the caller's name is a step as well.
        if (event.detail?.by === undefined) this.#went(payload === undefined);
        return;
      case 'answered':
        return this.#answered();
      case 'blocked':
        return this.#blocked();
      default:
        return;
    }
  }

  masks(): MasksFound {
    const { message, answer } = this.masked;
    return {
      sure: answer.size === 0 ? message : new Set([...message, ...answer]),
      maybe: this.#all,
    };
  }

  #decide(detail: Detail): void {
    const { what, code, found, limit, would } = detail;
    // A tool that is pinned and should be looked at is told as a decision.
    if (found !== undefined) return;
    if (what !== undefined) {
      if (detail.effect !== 'allow') this.#besides('part');
    } else if (typeof code === 'string') {
      this.#besides(besideOf(code));
    } else if (isObject(limit)) {
      if (would === undefined) this.#besides('limit');
    } else {
      this.#decided.push(detail);
      this.call ??= this.left ? undefined : detail;
    }
  }

  #mask(event: TranscriptEvent): void {
    for (const note of maskNotes(event)) {
      if (note.rule === undefined) continue;
      this.#notes.push(note);
      this.#all.add(nameOf(note));
    }
  }

  /** @param silent its text is with the step that it came */
  #went(silent: boolean): void {
    if (!this.left && silent === (this.#direction === 'up')) {
      this.left = true;
      this.#keep('message');
    } else this.#forget();
  }

  #answered(): void {
    this.answer = this.#decided.findLast((detail) => detail !== this.call);
    this.#keep('answer');
  }

  #blocked(): void {
    const { kind, direction } = this.#received ?? {};
    const isAnswer = direction !== this.#direction && (kind === 'result' || kind === 'error');
    if (!this.left && !isAnswer) this.stopped = true;
    else if (isAnswer) this.answer = this.#decided.findLast((detail) => detail !== this.call);
    this.#received = undefined;
    this.#forget();
  }

  #keep(where: keyof RecordedMasks): void {
    for (const note of this.#notes) this.masked[where].add(nameOf(note));
    this.#forget();
  }

  #forget(): void {
    this.#notes = [];
    this.#decided = [];
  }

  #besides(what: Beside): void {
    this.beside ??= what;
  }
}

function besideOf(code: string): Beside {
  if (code.startsWith('PIN_')) return 'pin';
  return code.startsWith('LIMIT_') ? 'limit' : 'failure';
}

/** What a mask is called in both, the recorded and the judged. */
export function nameOf({ what, with: masker }: Pick<MaskNote, 'what' | 'with'>): string {
  return masker === undefined ? what : `${what} ${masker}`;
}

function effectIn({ effect }: JsonObject | Detail, holds: boolean) {
  if (effect === 'allow') return 'allow';
  return sureEffectOf(effect === 'approve' ? 'approve' : 'block', holds);
}

function ruleIn({ rule }: Detail): string | undefined {
  return typeof rule === 'string' ? rule : undefined;
}
