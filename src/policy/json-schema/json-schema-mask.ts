import type { JsonObject } from '../../model/json.ts';
import { namesOfDetectors } from '../detector-names.ts';
import { about, closed, DURATION, oneOrMany, TEXT, TEXTS } from './json-schema-parts.ts';

const YES: JsonObject = { type: 'boolean' };
/** What a detector or a token can be called. */
const NAME: JsonObject = { type: 'string', pattern: '^[a-z0-9-]{1,32}$' };
const SCOPE: JsonObject = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' };

/** The names that are built in, for completion, and those of a policy's own. */
export function detectorNameSchema(): JsonObject {
  return { anyOf: [{ enum: namesOfDetectors() }, NAME] };
}

/** Detectors that a document defines. */
export function detectorsSchema(): JsonObject {
  const pattern = closed(
    'A pattern.',
    { pattern: about('RE2: no look-around, no back-references.', TEXT) },
    ['pattern'],
  );
  const words = closed(
    'Whole words.',
    {
      words: about('Words, or several with blanks between them.', TEXTS),
      ignore_case: about('Default: false.', YES),
    },
    ['words'],
  );
  return {
    description: 'Detectors of its own, for the rules of all files.',
    type: 'object',
    minProperties: 1,
    propertyNames: NAME,
    additionalProperties: { anyOf: [pattern, words] },
  };
}

/** One mask. */
export function maskSchema(): JsonObject {
  const analyzed = { type: 'string', pattern: '^presidio(?::[A-Z][A-Z0-9_]*)?$' };
  return {
    ...closed('What is masked, and how.', {
      find: about(
        'Detectors: what they find is masked.',
        oneOrMany({ anyOf: [{ enum: namesOfDetectors() }, NAME, analyzed] }),
      ),
      path: about('What stands at this path is masked.', TEXT),
      fields: about('What members of such names hold is masked; globs.', TEXTS),
      with: about('How it is replaced; default: redact.', maskerSchema()),
      in: about('On which side; default: result.', oneOrMany({ enum: ['args', 'result'] })),
      notice: about('The result tells the model what was masked.', YES),
      across: about('A text may go on in the next notification.', YES),
    }),
    oneOf: ['find', 'path', 'fields'].map((key) => ({ required: [key] })),
  };
}

function maskerSchema(): JsonObject {
  return {
    anyOf: [
      { enum: ['redact', 'hash', 'token', 'remove', 'null', 'generalize', null] },
      ...Object.entries(options()).map(([name, schema]) =>
        closed('A masker with its options.', { [name]: schema }, [name]),
      ),
    ],
  };
}

function options(): Readonly<Record<string, JsonObject>> {
  const upTo = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });
  const ends = { first: upTo(0, 64), last: upTo(0, 64) };
  return {
    keep: {
      ...closed('Keeps so many characters at either end and stars the rest.', ends),
      minProperties: 1,
    },
    hash: closed('A keyed digest.', { length: about('Digits; default: 16.', upTo(8, 64)) }),
    token: closed('A token, which the gate can turn back.', {
      scope: about('Only reveals of the same scope give it back.', SCOPE),
      expires: about('Such as 30m, 24h (default), 7d.', DURATION),
      as: about('What it is called; default: what was found.', NAME),
    }),
    replace: about('This instead.', { type: ['string', 'number', 'boolean', 'null'] }),
    round: about('The nearest multiple.', { type: 'number', exclusiveMinimum: 0 }),
    generalize: closed('A date with less of it, or the network of an address.', {
      date: about('Default: year.', { enum: ['month', 'year', 'decade'] }),
      ipv4: about('Bits that stay; default: 24.', upTo(0, 31)),
      ipv6: about('Bits that stay; default: 48.', upTo(0, 127)),
    }),
  };
}

/** One reveal in its long form. */
export function revealSchema(): JsonObject {
  return closed(
    'Tokens that are given back to the upstream.',
    {
      find: about('What they are called, or a group of detectors.', TEXTS),
      scope: about('The scope of the masks that made them.', SCOPE),
      path: about('Where in the arguments, such as args.id; default: anywhere.', TEXT),
    },
    ['find'],
  );
}
