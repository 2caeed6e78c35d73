import * as z from 'zod';

/** How the tools of an upstream are pinned. */
export const pinModeSchema = z.enum(['off', 'first-sight', 'lock'], {
  error: 'must be off, first-sight or lock',
});

/** The section `pins` of the configuration. */
export const pinsSchema = z.strictObject({
  mode: pinModeSchema
    .default('first-sight')
    .describe(
      '`first-sight` remembers tools as they are first listed, `lock` takes them from a file, `off` does neither. A tool whose definition is another is left out of lists, and calls of it are blocked.',
    ),
  file: z
    .string()
    .min(1)
    .default('sallyport.lock.json')
    .describe('The lock file, which `sallyport pin` writes.'),
  path: z
    .string()
    .min(1)
    .optional()
    .describe('SQLite file of what was first seen; left out: `pins.db` beside the transcripts.'),
});
