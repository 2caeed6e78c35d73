/** Where a verb reads and writes. */
export interface Terminal {
  /** Standard input. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Standard output: results. */
  out(text: string): void;
  /** Resolves once standard output has room again; undefined while it has. */
  drained(): Promise<void> | undefined;
  /** Standard error: everything else. */
  err(text: string): void;
  readonly colour: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** Exit codes: all is well; something was found; wrong use, or it cannot run. */
export const exit = { fine: 0, found: 1, unusable: 2 } as const;
export type Exit = (typeof exit)[keyof typeof exit];

/** One word of the command line. */
export interface Verb {
  /** @throws GateError what could not be done; the caller prints it and exits with 2 */
  run(args: readonly string[], terminal: Terminal): Promise<Exit>;
}

/** A verb in a list of verbs: it is loaded when it is asked for. */
export interface ListedVerb {
  /** One line. */
  readonly summary: string;
  load(): Promise<Verb>;
}
