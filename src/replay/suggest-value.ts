import { detectors } from '../mask/detectors.ts';
import { isList, isObject, isRawNumber, type Json, type JsonObject } from '../model/json.ts';
import { commonFolder, folderOf, isAbsolutePath, isRelativePath } from './suggest-path.ts';

/** How much is remembered of one argument, so that memory stays bounded whatever comes. */
const most = { values: 16, text: 128, hosts: 10, members: 64, depth: 3 } as const;

/** Names of arguments that hold secrets. */
const SECRET = /pass(?:word|phrase|wd|code)|secret|token|api[_-]?key|credential|authorization/i;

/** Where a value stands, as text: the places that masks have changed are told by it. */
export type PlaceName = string;

export function placeName(place: readonly (string | number)[]): PlaceName {
  return JSON.stringify(place.map(String));
}

export type Kind = 'string' | 'number' | 'boolean' | 'null' | 'list' | 'object';

/** What was seen of one argument, over all calls. Examples are kept of few values only, and of masked ones never. */
export class ValueStats {
  count = 0;
  /** Some of it was masked, so nothing of it is an example. */
  masked = false;
  readonly kinds = new Set<Kind>();
  /** Distinct short texts, numbers and booleans; undefined once there are too many. */
  values: Set<string | number | boolean> | undefined = new Set();
  /** Characters of the longest text. */
  longest = 0;
  /** Elements of the longest list. */
  most = 0;
  least = Number.POSITIVE_INFINITY;
  greatest = Number.NEGATIVE_INFINITY;
  whole = true;
  /** A number that a double can't hold was seen, so that there is no bound. */
  unbounded = false;
  /** The folder that all texts are paths into; undefined once one is none. */
  folder: readonly string[] | undefined;
  absolute: boolean | undefined;
  /** Hosts and schemes, as long as all texts are URLs. */
  urls: { readonly hosts: Set<string>; readonly schemes: Set<string> } | undefined = {
    hosts: new Set(),
    schemes: new Set(),
  };
  #texts = 0;
  elements: ValueStats | undefined;
  members: MemberStats | undefined;
  readonly #depth: number;

  constructor(depth = 0) {
    this.#depth = depth;
  }

  add(value: Json, place: readonly (string | number)[], masked: ReadonlySet<PlaceName>): void {
    this.count++;
    if (masked.size > 0 && masked.has(placeName(place))) this.masked = true;
    if (this.masked) return this.#forget();
    if (isRawNumber(value)) {
      this.kinds.add('number');
      this.unbounded = true;
      this.values = undefined;
    } else if (isList(value)) this.#list(value, place, masked);
    else if (isObject(value)) {
      this.kinds.add('object');
      if (this.#depth >= most.depth) return;
      this.members ??= new MemberStats(this.#depth + 1);
      this.members.add(value, place, masked);
    } else this.#scalar(value, place.at(-1));
  }

  #list(value: readonly Json[], place: readonly (string | number)[], masked: ReadonlySet<string>) {
    this.kinds.add('list');
    this.most = Math.max(this.most, value.length);
    if (this.#depth >= most.depth) return;
    this.elements ??= new ValueStats(this.#depth + 1);
    for (const [index, item] of value.entries()) this.elements.add(item, [...place, index], masked);
  }

  #scalar(value: string | number | boolean | null, name: string | number | undefined): void {
    if (value === null) {
      this.kinds.add('null');
      return;
    }
    this.kinds.add(typeof value as Kind);
    const isExample = typeof value !== 'string' || !isSensitive(value, name);
    if (isExample) this.values?.add(value);
    if (!isExample || (this.values?.size ?? 0) > most.values) this.values = undefined;
    if (typeof value === 'string') this.#text(value);
    if (typeof value !== 'number') return;
    this.least = Math.min(this.least, value);
    this.greatest = Math.max(this.greatest, value);
    this.whole &&= Number.isInteger(value);
  }

  #text(text: string): void {
    this.longest = Math.max(this.longest, text.length);
    const absolute = isAbsolutePath(text);
    const first = this.#texts++ === 0;
    if (!absolute && !isRelativePath(text)) this.folder = undefined;
    else if (first) this.folder = folderOf(text);
    else if (absolute !== this.absolute) this.folder = undefined;
    else this.folder = this.folder && commonFolder(this.folder, folderOf(text));
    this.absolute = absolute;
    const url = this.urls && URL.canParse(text) ? new URL(text) : undefined;
    // A host may have a `*` in it, which would stand for any.
    const isHost = url?.host && !url.host.includes('*') && text.startsWith(`${url.protocol}//`);
    if (!this.urls || !url || !isHost) this.urls = undefined;
    else {
      this.urls.hosts.add(url.hostname);
      this.urls.schemes.add(url.protocol);
      if (this.urls.hosts.size > most.hosts) this.urls = undefined;
    }
  }

  #forget(): void {
    this.values = undefined;
    this.folder = undefined;
    this.urls = undefined;
    this.elements = undefined;
    this.members = undefined;
  }
}

/** True of text that doesn't belong in a file which is shared: secrets, what detectors find, and long texts. */
function isSensitive(text: string, name: string | number | undefined): boolean {
  if (text.length > most.text || SECRET.test(String(name))) return true;
  return detectors.values().some((one) => one.find(text).length > 0);
}

/** What was seen of the members of an object. */
export class MemberStats {
  count = 0;
  /** There were more names than are remembered. */
  more = false;
  readonly byName = new Map<string, ValueStats>();
  readonly #depth: number;

  constructor(depth = 0) {
    this.#depth = depth;
  }

  add(
    object: JsonObject,
    place: readonly (string | number)[],
    masked: ReadonlySet<PlaceName>,
  ): void {
    this.count++;
    for (const [name, value] of Object.entries(object)) {
      let stats = this.byName.get(name);
      if (!stats) {
        if (this.byName.size >= most.members || name.length > most.text) {
          this.more = true;
          continue;
        }
        stats = new ValueStats(this.#depth);
        this.byName.set(name, stats);
      }
      stats.add(value, [...place, name], masked);
    }
  }
}
