import type { Position } from '../../model/position.ts';

/** A member of an object that comes twice. */
export interface Repeated {
  readonly key: string;
  readonly at: Position;
}

/** Where the members of a JSON text begin, by their path. */
export class JsonPlaces {
  /** Members that come twice: a reader would take one of them. */
  readonly repeated: Repeated[] = [];
  readonly #offsets = new Map<string, number>();
  readonly #lines: number[] = [0];
  readonly #file: string;

  /**
   * @param text JSON, which has been parsed without an error
   * @param file as the user named it
   */
  constructor(text: string, file: string) {
    this.#file = file;
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) {
      this.#lines.push(i + 1);
    }
    this.#read(text);
  }

  /** The place of a member; where it is missing, that of what should hold it. */
  at(path: readonly string[]): Position {
    for (let length = path.length; length > 0; length--) {
      const offset = this.#offsets.get(keyOf(path.slice(0, length)));
      if (offset !== undefined) return this.#position(offset);
    }
    return this.#position(0);
  }

  #read(text: string): void {
    const path: string[] = [];
    const kinds: ('{' | '[')[] = [];
    let key: { readonly name: string; readonly offset: number } | undefined;
    for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g)) {
      if (token === '{' || token === '[') {
        kinds.push(token);
        path.push('');
      } else if (token === '}' || token === ']') {
        kinds.pop();
        path.pop();
      } else if (token === ':' && key) {
        this.#member(path, key);
        path[path.length - 1] = key.name;
        key = undefined;
      } else if (token.startsWith('"') && kinds.at(-1) === '{') {
        key = { name: JSON.parse(token) as string, offset: index };
      }
    }
  }

  #member(path: readonly string[], { name, offset }: { name: string; offset: number }): void {
    const full = keyOf([...path.slice(0, -1), name]);
    if (this.#offsets.has(full) && !path.includes('')) {
      this.repeated.push({ key: name, at: this.#position(offset) });
    }
    this.#offsets.set(full, offset);
  }

  #position(offset: number): Position {
    let [low, high] = [0, this.#lines.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.#file, line: low + 1, column: offset - (this.#lines[low] ?? 0) + 1 };
  }
}

const keyOf = (path: readonly string[]) => JSON.stringify(path);
