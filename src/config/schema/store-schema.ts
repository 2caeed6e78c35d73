import * as z from 'zod';

// What the sections have alike that name a store of their own.

export const storeKind = z.enum(['sqlite', 'postgres', 'memory']).default('sqlite');

export const postgresUrl = z.string().refine(isPostgresUrl, {
  error: 'must be a postgres:// URL with a host, such as postgres://gate@db.example.com/sallyport',
});

interface StoreKeys {
  readonly store: z.output<typeof storeKind>;
  readonly path?: string | undefined;
  readonly url?: string | undefined;
}

/** Each kind of store has keys of its own. */
export function checkStore(
  { store, path, url }: StoreKeys,
  context: z.RefinementCtx,
  at: readonly string[] = [],
): void {
  const complain = (key: string, message: string) =>
    context.addIssue({ code: 'custom', path: [...at, key], message });
  if (store === 'postgres' && url === undefined) complain('url', 'is needed by "store: postgres"');
  if (store !== 'postgres' && url !== undefined) complain('url', 'goes with "store: postgres"');
  if (store !== 'sqlite' && path !== undefined) complain('path', 'goes with "store: sqlite"');
}

function isPostgresUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['postgres:', 'postgresql:'].includes(url.protocol) && url.host !== '';
}
