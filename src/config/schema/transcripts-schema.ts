import * as z from 'zod';
import { exportsSchema } from './exports-schema.ts';
import { days, size, span } from './schema-values.ts';

const command = z.array(z.string().min(1)).min(1);

/** Where a key is: written out (by `env:NAME`), in a file, or what a program prints, such as the client of a KMS. */
export const keySource = z.union(
  [
    z.string().min(1),
    z.strictObject({ file: z.string().min(1).describe('File that only its owner may read.') }),
    z.strictObject({
      command: command.describe('Program and arguments; it prints the key and exits with 0.'),
    }),
  ],
  { error: 'must be a key such as env:NAME, { file: PATH } or { command: [PROGRAM, …] }' },
);
export type KeySource = z.output<typeof keySource>;

const proof = z
  .strictObject({
    key: keySource
      .optional()
      .describe(
        'Ed25519 key (PKCS #8, PEM) that signs the proof. Left out: `proof.key` beside the database, made at the first start, with `proof.pub` for those who verify.',
      ),
    every: span.prefault('1s').describe('How often what was recorded since is signed.'),
  })
  .prefault({})
  .describe('Blocks of digests, linked and signed: `sallyport verify` checks them.');

const unexported = z
  .union(
    [
      z.literal(false),
      z.strictObject({
        age: days.prefault('3d').describe('So much longer than `age` and `upstreams` say.'),
        size: size.optional().describe('So much more than `size` says; left out: a tenth of that.'),
      }),
    ],
    { error: 'must be false, or { age: TIME, size: SIZE }' },
  )
  .prefault({})
  .describe(
    'What an export has yet to take is kept beyond that: so much longer than ages say (`age`, 3d), and so much more than `size` says (`size`; left out: a tenth of that). `false`: it is removed like all else.',
  );

const keep = z
  .strictObject({
    age: days.optional().describe('Exchanges older than this are removed; left out: none are.'),
    size: size
      .optional()
      .describe(
        'The oldest exchanges are removed while the database has more; left out: none are.',
      ),
    upstreams: z
      .record(z.string(), days)
      .default({})
      .describe('Ages for exchanges with single upstreams, shorter than that of all.'),
    unexported,
  })
  .prefault({})
  .describe('How long exchanges are kept. What is left can still be verified.');

/** The record of every exchange: where it is, what of it is kept how, for how long, and where it is exported to. */
export const transcriptsSchema = z.strictObject({
  path: z.string().default('.sallyport/transcripts.db').describe('SQLite file.'),
  required: z
    .boolean()
    .default(true)
    .describe('Refuse calls that cannot be recorded. `false` lets them pass unrecorded.'),
  durability: z
    .enum(['process', 'power'])
    .default('process')
    .describe('`process` survives a crash of the gate, `power` a power cut as well.'),
  originals: z
    .enum(['sealed', 'none'])
    .default('sealed')
    .describe(
      'What becomes of a message as it came where masks changed it: `sealed` keeps it encrypted beside what may be read, `none` does not keep it.',
    ),
  keys: z
    .array(keySource)
    .min(1)
    .optional()
    .describe(
      'Master keys of originals, 32 bytes each in base64 or hexadecimal digits. The first seals, all of them open. Left out: one in `transcripts.key` beside the database, made at the first start.',
    ),
  proof,
  keep,
  compact: z
    .union([z.literal(false), span], { error: 'must be false or a time span, such as 10m' })
    .prefault('10m')
    .describe('Payloads are compressed once they are so old; `false`: never.'),
  search: z
    .boolean()
    .default(true)
    .describe('Index the words of what may be read, so that `transcripts search` is quick.'),
  export: exportsSchema
    .prefault({})
    .describe('Where what is recorded goes beside the database, by name.'),
});
