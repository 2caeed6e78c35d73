import * as z from 'zod';

const postgresUrl = z.string().refine(isPostgresUrl, {
  error: 'must be a postgres:// URL with a host, such as postgres://gate@db.example.com/sallyport',
});

/** Where the calls that limits bound are counted. */
export const countersSchema = z
  .strictObject({
    store: z
      .enum(['sqlite', 'postgres', 'memory'])
      .default('sqlite')
      .describe(
        '`sqlite`: one gate, outlives a restart. `postgres`: shared by several gates. `memory`: one gate, until it stops.',
      ),
    path: z
      .string()
      .min(1)
      .optional()
      .describe('SQLite file; left out: `counters.db` beside the transcripts.'),
    url: postgresUrl
      .optional()
      .describe(
        'Database of `postgres`; `env:NAME` reads a variable. TLS by `?sslmode=verify-full`.',
      ),
  })
  .superRefine(({ store, path, url }, context) => {
    const complain = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (store === 'postgres' && url === undefined)
      complain('url', 'is needed by "store: postgres"');
    if (store !== 'postgres' && url !== undefined) complain('url', 'goes with "store: postgres"');
    if (store !== 'sqlite' && path !== undefined) complain('path', 'goes with "store: sqlite"');
  });

export type CountersConfig = z.output<typeof countersSchema>;

function isPostgresUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['postgres:', 'postgresql:'].includes(url.protocol) && url.host !== '';
}
