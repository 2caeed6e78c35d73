import { type Country, countries, Draw } from './draw.ts';
import { formats } from './formats.ts';
import type { CorpusDocument } from './labelled.ts';
import { slotsOf } from './slots.ts';

const COUNTRIES = Object.keys(countries) as Country[];
// English is the language of most of what tools answer.
const OFTEN: Partial<Record<Country, number>> = { us: 6, gb: 3, de: 3, fr: 2, es: 2 };
const drawnFrom = COUNTRIES.flatMap((country) => Array<Country>(OFTEN[country] ?? 1).fill(country));
const written = Object.entries(formats).flatMap(([name, [often]]) =>
  Array<string>(often).fill(name),
);

/**
 * Documents as tools answer them, in several languages and formats, with what is sensitive in them labelled.
 * The same seed gives the same documents, and the first ones don't depend on how many are asked for.
 */
export function* corpus(seed: number, count: number): Generator<CorpusDocument> {
  for (let index = 0; index < count; index++) {
    const own = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b) >>> 0;
    const country = drawnFrom[own % drawnFrom.length] ?? 'us';
    const draw = new Draw(own, country);
    const format = draw.one(written);
    const pieces = formats[format]?.[1](draw, slotsOf(draw)) ?? [];
    yield { format, country, pieces };
  }
}
