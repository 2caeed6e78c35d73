/** What a name or URI of the union means. */
export interface Resolved {
  readonly upstream: string;
  /** As the upstream itself knows it. */
  readonly name: string;
}

const SCHEME = 'sallyport://';
/** Hosts know the pages of MCP Apps by this scheme, so it stays in front. */
const PAGES = 'ui://';

/**
 * Names of many upstreams beside each other: `orders__query` for tools and prompts, `sallyport://orders/file:///a` for
 * resources. Each upstream's prefix is put on and taken off once.
 */
export class Naming {
  readonly #separator: string;
  readonly #prefixes: ReadonlyMap<string, string>;
  readonly #upstreams: ReadonlyMap<string, string>;

  /**
   * @param prefixes by upstream; unique, and such that the separator first occurs right after them
   */
  constructor(separator: string, prefixes: ReadonlyMap<string, string>) {
    this.#separator = separator;
    this.#prefixes = prefixes;
    this.#upstreams = new Map([...prefixes].map(([upstream, prefix]) => [prefix, upstream]));
  }

  /** Upstreams in the order in which they are listed. */
  get upstreams(): readonly string[] {
    return [...this.#prefixes.keys()];
  }

  name(upstream: string, name: string): string {
    return `${this.#prefixes.get(upstream)}${this.#separator}${name}`;
  }

  uri(upstream: string, uri: string): string {
    const prefix = this.#prefixes.get(upstream);
    return uri.startsWith(PAGES)
      ? `${PAGES}${prefix}/${uri.slice(PAGES.length)}`
      : `${SCHEME}${prefix}/${uri}`;
  }

  resolve(name: string): Resolved | undefined {
    const at = name.indexOf(this.#separator);
    if (at < 0) return undefined;
    return this.#resolved(name.slice(0, at), name.slice(at + this.#separator.length));
  }

  resolveUri(uri: string): Resolved | undefined {
    const scheme = [SCHEME, PAGES].find((start) => uri.startsWith(start));
    if (scheme === undefined) return undefined;
    const at = uri.indexOf('/', scheme.length);
    if (at < 0) return undefined;
    const rest = uri.slice(at + 1);
    return this.#resolved(uri.slice(scheme.length, at), scheme === PAGES ? PAGES + rest : rest);
  }

  #resolved(prefix: string, name: string): Resolved | undefined {
    const upstream = this.#upstreams.get(prefix);
    return upstream === undefined ? undefined : { upstream, name };
  }
}
