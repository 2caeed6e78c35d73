/** Where something is kept. */
export type StoreLocation =
  | { readonly store: 'memory' }
  | {
      readonly store: 'sqlite';
      readonly path: string;
      /** What it outlives: the daemon's death, or a power cut too. */
      readonly durability: 'process' | 'power';
    }
  | { readonly store: 'postgres'; readonly url: string };
