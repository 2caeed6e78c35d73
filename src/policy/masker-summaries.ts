import type { MaskerSpec } from '../model/decision.ts';
import type { Json } from '../model/json.ts';

/** What a masker gives, for the reference; the tests run the examples. */
export interface MaskerSummary {
  readonly gives: string;
  /** As it stands behind `with:`. */
  readonly with: string;
  /** A value at a path, and what takes its place; undefined: nothing does. */
  readonly before: Json;
  readonly after: Json | undefined;
}

/** Every masker, the strictest first. Digests and tokens are made with a key of zeros, as in test files. */
export const maskerSummaries: ReadonlyMap<MaskerSpec['masker'], MaskerSummary> = new Map<
  MaskerSpec['masker'],
  MaskerSummary
>([
  [
    'remove',
    {
      gives: 'Nothing: the member or element goes, and of a text what was found',
      ...{ with: 'remove', before: 'Ana', after: undefined },
    },
  ],
  [
    'null',
    {
      gives: '`null`; what is found inside a text is redacted',
      ...{ with: 'null', before: 4200, after: null },
    },
  ],
  [
    'redact',
    {
      gives: 'A placeholder with the name of what was found; at a path without',
      ...{ with: 'redact', before: 'Ana', after: '[redacted]' },
    },
  ],
  [
    'replace',
    {
      gives: 'This text, number, `true` or `false`',
      ...{ with: '{ replace: someone }', before: 'Ana', after: 'someone' },
    },
  ],
  [
    'hash',
    {
      gives:
        'A keyed digest (HMAC-SHA-256) of `length` hexadecimal digits (8 to 64, default 16): the same for every caller',
      ...{ with: 'hash', before: 'Ana', after: 'hash:1fb0a8d5c529a68d' },
    },
  ],
  [
    'token',
    {
      gives: 'A [token](#tokens-and-reveal)',
      ...{ with: '{ token: { as: person } }', before: 'Ana', after: 'person:mpty2wtp8xp98a3h' },
    },
  ],
  [
    'generalize',
    {
      gives:
        'Of a date its `date`: `month`, `year` (default) or `decade`; of an IP address its network of `ipv4` bits (24) or `ipv6` bits (48); anything else is redacted',
      ...{ with: 'generalize', before: '1980-04-17', after: '1980' },
    },
  ],
  [
    'round',
    {
      gives: 'The nearest multiple; a number stays a number; anything else is redacted',
      ...{ with: '{ round: 1000 }', before: 4200, after: 4000 },
    },
  ],
  [
    'keep',
    {
      gives:
        'So many characters at the `first` and `last` end (0 to 64), and stars for the rest; a value too short to hide half of itself is starred whole',
      ...{ with: '{ keep: { last: 2 } }', before: 4200, after: '**00' },
    },
  ],
]);
