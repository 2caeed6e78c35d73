import * as z from 'zod';
import { httpUrl, span } from './schema-values.ts';

const score = z.number().min(0).max(1);

const presidio = z.strictObject({
  url: httpUrl
    .refine(isPlain, { error: 'must have no user, query or fragment; credentials go into headers' })
    .describe('Base URL of the Presidio analyzer; it is asked at /analyze below it.'),
  timeout: span
    .prefault('3s')
    .describe('Longest that a message waits to be analyzed; then it is refused.'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/, { error: 'must be a language code, such as en' })
    .default('en')
    .describe('Language of the texts, which the analyzer must have a model for.'),
  entities: z
    .array(
      z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, {
        error: 'must be the name of an entity, such as PERSON',
      }),
    )
    .min(1)
    .optional()
    .describe('What `presidio` finds; left out: everything that the analyzer knows.'),
  score: score.default(0.5).describe('Findings that the analyzer is less sure of do not count.'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Headers for every request; `env:NAME` reads a variable.'),
});

/** Services outside that find sensitive data for masks. */
export const analyzersSchema = z.strictObject({
  presidio: presidio
    .optional()
    .describe('A Presidio analyzer, which masks name `presidio` or `presidio:PERSON`.'),
});

function isPlain(text: string): boolean {
  // That it is no URL at all is said already.
  return !/[?#]/.test(text) && (!URL.canParse(text) || new URL(text).username === '');
}
