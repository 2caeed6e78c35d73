import { nearest } from '../../model/nearest.ts';
import type { Recorded } from '../recorded-subject.ts';
import { type Likeness, likeness } from './likeness.ts';
import type { Recording } from './recording.ts';
import { type Asked, looseKey, requestKey, subjectKey, tellingParams } from './request-key.ts';
import { askedIn, maskedParams } from './script.ts';

/** How what was recorded answers a request: by the same, but for what doesn't count, or as what comes closest. */
export type How = 'same' | 'loose' | 'nearest';

/** The recorded exchange that answers a request. */
export interface Matched {
  readonly exchange: string;
  readonly how: How;
  /** How often the same was answered before, counted from 0. */
  readonly turn: number;
  /** How many exchanges were recorded for it; from then on the last one answers. */
  readonly of: number;
  readonly differs?: readonly string[];
}

/** Nothing recorded answers it. */
export interface Missed {
  readonly subject: string;
  /** What comes closest of the same target. */
  readonly nearest?: Pick<Likeness, 'differs' | 'masked'> & { readonly exchange: string };
  /** What else was recorded, where nothing of this target was: the name most like it, or some of them. */
  readonly known: readonly string[];
}

export interface MatchingOptions {
  readonly recording: Recording;
  /** Members that don't count; undefined where arguments must be the same. */
  readonly ignored: ReadonlySet<string> | undefined;
  /** Reads an exchange; undefined where it was removed meanwhile. */
  readonly load: (exchange: string) => Recorded | undefined;
}

/** How often each answer was given: in recorded order, and the last one again and again. */
export type Turns = Map<string, number>;

/** Requests of the same target that a request is compared with, and how much of them. */
const MAX_COMPARED = 1_000;
const MAX_CHARACTERS = 16 * 1_048_576;
const MAX_KNOWN = 8;

/** Finds what was recorded for a request. */
export class Matching {
  readonly #options: MatchingOptions;

  constructor(options: MatchingOptions) {
    this.#options = options;
  }

  find(asked: Asked, turns: Turns): Matched | Missed {
    const { recording, ignored } = this.#options;
    const key = requestKey(asked);
    const same = taken(recording.exact(key), key, 'same', turns);
    if (same) return same;
    const relaxed = ignored && looseKey(asked, ignored);
    const loose = relaxed && taken(recording.loose(relaxed), relaxed, 'loose', turns);
    if (loose) return loose;
    const subject = subjectKey(asked);
    const near = this.#nearest(asked, subject);
    if (!near) return { subject, known: knownBeside(subject, recording) };
    const { exchange, score, differs, masked } = near;
    if (!ignored) return { subject, nearest: { exchange, differs, masked }, known: [] };
    const how = score === 1 ? 'loose' : 'nearest';
    const found = taken(recording.exact(near.key), near.key, 'same', turns);
    return { ...(found ?? { exchange, turn: 0, of: 1 }), how, differs };
  }

  /** The newest of those that are most alike. */
  #nearest(asked: Asked, subject: string) {
    const { recording, ignored, load } = this.#options;
    const options = { loose: ignored !== undefined, ignored: ignored ?? new Set<string>() };
    let best: (Likeness & { readonly key: string; readonly exchange: string }) | undefined;
    let characters = 0;
    for (const { key, exchange } of recording.variants(subject).slice(0, MAX_COMPARED)) {
      const recorded = load(exchange);
      if (!recorded) continue;
      characters += recorded.events[0]?.payload?.length ?? 0;
      const masked = recorded.events[0]?.original === undefined ? maskedParams(recorded) : [];
      for (const version of askedIn(recorded)) {
        const alike = likeness(tellingParams(asked), tellingParams(version), {
          ...options,
          masked,
        });
        if (!best || alike.score > best.score) best = { ...alike, key, exchange };
      }
      if (best?.score === 1 || characters > MAX_CHARACTERS) break;
    }
    return best;
  }
}

/** The next of these exchanges, in the order they were recorded. */
export function taken(
  exchanges: readonly string[],
  key: string,
  how: How,
  turns: Turns,
): Matched | undefined {
  const counter = how === 'loose' ? `~${key}` : key;
  const turn = turns.get(counter) ?? 0;
  const exchange = exchanges[Math.min(turn, exchanges.length - 1)];
  if (exchange === undefined) return undefined;
  turns.set(counter, turn + 1);
  return { exchange, how, turn, of: exchanges.length };
}

function knownBeside(subject: string, { counts }: Recording): string[] {
  const [method = ''] = subject.split(' ');
  const alike = [...counts.keys()].filter((known) => known.startsWith(`${method} `));
  const names = alike.length > 0 ? alike : [...counts.keys()];
  const near = nearest(subject, names);
  return near === undefined ? names.slice(0, MAX_KNOWN) : [near];
}
