import { suggest } from '../model/nearest.ts';
import type { Position, Problem } from '../model/position.ts';
import { describe, type ListNode, type MapNode, type Node } from './node.ts';

/** Reads typed values out of nodes and collects what is wrong, instead of stopping at the first. */
export class Reader {
  readonly problems: Problem[] = [];
  readonly #prefix: string;

  /** @param prefix what the codes of its problems begin with, such as `POLICY`. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** It has been told of an error. */
  get failed(): boolean {
    return this.problems.some(({ severity }) => severity === 'error');
  }

  error(code: string, at: Position, message: string, hint?: string): void {
    this.#add('error', code, at, message, hint);
  }

  warn(code: string, at: Position, message: string, hint?: string): void {
    this.#add('warning', code, at, message, hint);
  }

  /** The node as a map whose keys are all among `known`. */
  map(node: Node, what: string, known: readonly string[]): MapNode | undefined {
    if (node.kind !== 'map') return this.#wrong(node, what, 'a map');
    for (const { key, at } of node.entries) {
      if (known.includes(key)) continue;
      this.error('UNKNOWN_KEY', at, `${what} has no key "${key}"`, suggest(key, known));
    }
    return node;
  }

  list(node: Node | undefined, what: string): ListNode | undefined {
    if (!node) return undefined;
    return node.kind === 'list' ? node : this.#wrong(node, what, 'a list');
  }

  text(node: Node | undefined, what: string): string | undefined {
    if (!node) return undefined;
    if (node.kind === 'scalar' && typeof node.value === 'string') return node.value;
    return this.#wrong(node, what, 'a string');
  }

  number(node: Node | undefined, what: string): number | undefined {
    if (!node) return undefined;
    if (node.kind === 'scalar' && typeof node.value === 'number') return node.value;
    return this.#wrong(node, what, 'a number');
  }

  flag(node: Node | undefined, what: string): boolean | undefined {
    if (!node) return undefined;
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    return this.#wrong(node, what, 'true or false');
  }

  /** A string, or a list of strings; a single one counts as a list of one. */
  texts(node: Node | undefined, what: string): string[] | undefined {
    if (!node) return undefined;
    if (node.kind === 'list') {
      return node.items.flatMap((item) => this.text(item, `an element of ${what}`) ?? []);
    }
    const single = this.text(node, `${what} (one or a list)`);
    return single === undefined ? undefined : [single];
  }

  /** One of the given words. */
  choice<Word extends string>(
    node: Node | undefined,
    what: string,
    words: readonly Word[],
  ): Word | undefined {
    const text = this.text(node, what);
    if (node === undefined || text === undefined) return undefined;
    const word = words.find((known) => known === text);
    if (word === undefined) {
      this.error('UNKNOWN_VALUE', node.at, `${what} can't be "${text}"`, suggest(text, words));
    }
    return word;
  }

  #wrong(node: Node, what: string, wanted: string): undefined {
    this.error('WRONG_TYPE', node.at, `${what} must be ${wanted}, not ${describe(node)}`);
  }

  #add(
    severity: Problem['severity'],
    code: string,
    at: Position,
    message: string,
    hint?: string,
  ): void {
    const found = { code: `${this.#prefix}_${code}`, severity, at, message };
    this.problems.push(hint === undefined ? found : { ...found, hint });
  }
}
