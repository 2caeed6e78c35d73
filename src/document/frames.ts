import type { Position } from '../model/position.ts';
import type { Entry, Node } from './node.ts';

/** A value with how many values it is made of, itself included, and how deep they nest. */
export interface Built {
  readonly node: Node;
  readonly size: number;
  readonly height: number;
}

/** What a frame refuses to take in, and why. */
export interface Refusal {
  readonly at: Position;
  readonly code: 'DOCUMENT_SYNTAX' | 'DOCUMENT_DUPLICATE_KEY' | 'DOCUMENT_MERGE_KEY';
  readonly message: string;
  readonly hint?: string;
}

/** A list or map that is being read. */
export interface Frame {
  readonly node: Node;
  /** The anchor that its value has. */
  readonly anchor: string | undefined;
  /** The place of a value that isn't written. */
  readonly place: Position;
  /** Takes the next value in. */
  add(node: Node): Refusal | undefined;
  /** Does without the next value. */
  leaveOut(): void;
}

export class ListFrame implements Frame {
  readonly node: Node;
  readonly anchor: string | undefined;
  readonly #items: Node[] = [];

  constructor(at: Position, anchor?: string) {
    this.node = { kind: 'list', at, items: this.#items };
    this.anchor = anchor;
  }

  get place(): Position {
    return this.node.at;
  }

  add(node: Node): undefined {
    this.#items.push(node);
  }

  leaveOut(): void {}
}

/** Maps with more keys than this look them up by hash. */
const FEW = 8;

export class MapFrame implements Frame {
  readonly node: Node;
  readonly anchor: string | undefined;
  readonly #entries: Entry[] = [];
  #keys: Set<string> | undefined;
  #key: { readonly text: string; readonly at: Position } | undefined;
  #skips = false;

  constructor(at: Position, anchor?: string) {
    this.node = { kind: 'map', at, entries: this.#entries };
    this.anchor = anchor;
  }

  get place(): Position {
    return this.#key?.at ?? this.node.at;
  }

  /** The next scalar is a key. */
  get expectsKey(): boolean {
    return this.#key === undefined && !this.#skips;
  }

  /** Takes the next key in; the value of one that is refused is left out. */
  key(text: string, at: Position, isPlain: boolean): Refusal | undefined {
    if (isPlain && text === '<<') {
      const hint = 'write the entries out, or give a whole value an anchor and repeat it by alias';
      return this.#refuse({
        at,
        code: 'DOCUMENT_MERGE_KEY',
        message: 'merge keys (<<) are not taken',
        hint,
      });
    }
    if (this.#has(text)) {
      const message = `the key "${text}" is there twice`;
      return this.#refuse({ at, code: 'DOCUMENT_DUPLICATE_KEY', message });
    }
    this.#keys?.add(text);
    this.#key = { text, at };
    return undefined;
  }

  add(node: Node): Refusal | undefined {
    if (this.#skips) {
      this.#skips = false;
      return undefined;
    }
    if (!this.#key) {
      const message = 'a key must be a plain word';
      return this.#refuse({ at: node.at, code: 'DOCUMENT_SYNTAX', message });
    }
    const { text, at } = this.#key;
    this.#entries.push({ key: text, at, value: node });
    this.#key = undefined;
    return undefined;
  }

  leaveOut(): void {
    this.#skips = this.expectsKey;
    this.#key = undefined;
  }

  #has(text: string): boolean {
    if (this.#keys) return this.#keys.has(text);
    if (this.#entries.length < FEW) return this.#entries.some(({ key }) => key === text);
    this.#keys = new Set(this.#entries.map(({ key }) => key));
    return this.#keys.has(text);
  }

  #refuse(refusal: Refusal): Refusal {
    this.#skips = true;
    return refusal;
  }
}
