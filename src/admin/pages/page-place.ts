import type { PublicAnswer } from '../route.ts';
import { redirect } from './page.ts';

/** Where the pages are, as browsers know it. */
export class PagePlace {
  readonly #url: () => string;
  readonly #isNamed: boolean;

  /**
   * @param url of the admin API; a function, since a free port is known only after listening
   * @param isNamed it is configured, so that a proxy may be in front and call the gate by another name
   */
  constructor(url: () => string, isNamed: boolean) {
    this.#url = url;
    this.#isNamed = isNamed;
  }

  /** Without a path, such as `https://gate.example.com`. */
  get origin(): string {
    return new URL(this.#url()).origin;
  }

  /** The path that a proxy in front takes away; empty where there is none. */
  get base(): string {
    return new URL(this.#url()).pathname.replace(/\/+$/, '');
  }

  get secure(): boolean {
    return this.#url().startsWith('https:');
  }

  /** The URL of a path of the gate. */
  urlOf(path: string): string {
    return `${this.origin}${this.base}${path}`;
  }

  /** Leads a browser that calls this host by another name, such as `localhost`, to the one name of the pages. */
  elsewhere(host: string | undefined, path: string): PublicAnswer | undefined {
    if (this.#isNamed || host === new URL(this.#url()).host) return undefined;
    return redirect(this.urlOf(path));
  }
}
