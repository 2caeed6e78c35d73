import type { JsonObject } from '../../model/json.ts';
import type { ErrorAnswer } from '../../model/message.ts';
import { resultTypes } from '../../protocol/era-words.ts';
import { metaKeys } from '../../protocol/meta.ts';
import { methodRow } from '../../protocol/methods.ts';
import { LATEST_STATELESS, sessionRevisionFor } from '../../protocol/revisions.ts';
import type { Recorded } from '../recorded-subject.ts';
import { Lists } from './lists.ts';
import { Matching, type Missed, type Turns, taken } from './matching.ts';
import type { Recording } from './recording.ts';
import { type Asked, subjectKey } from './request-key.ts';
import { type Script, scriptOf } from './script.ts';
import type { Summary } from './summary.ts';

/** What a request is answered. */
export type Reply =
  /** What was recorded, as it was. */
  | { readonly kind: 'play'; readonly script: Script }
  /**
   * What is known of the upstream.
   *
   * @property exchange where the upstream said something of its own accord after it was asked the same
   */
  | { readonly kind: 'result'; readonly result: JsonObject; readonly exchange?: string }
  | { readonly kind: 'error'; readonly error: ErrorAnswer['error'] };

export interface AnsweringOptions {
  /** Of the upstream. */
  readonly name: string;
  readonly recording: Recording;
  /** Members that don't count; undefined where arguments must be the same. */
  readonly ignored: ReadonlySet<string> | undefined;
  /** Reads an exchange; undefined where it was removed meanwhile. */
  readonly load: (exchange: string) => Recorded | undefined;
  /** Answers as the upstream gave them, not as its client got them. */
  readonly originals: boolean;
  readonly summary: Summary;
}

/** A code of the range that servers have for themselves (2026-07-28, basic, error codes). */
export const NOT_RECORDED = -32014;

/** What capability a method needs. */
const capabilities: Readonly<Record<string, string>> = {
  tools: 'tools',
  resources: 'resources',
  prompts: 'prompts',
  completion: 'completions',
  logging: 'logging',
};

/** Answers requests for one upstream and era from what was recorded. */
export class Answering {
  readonly #options: AnsweringOptions;
  readonly #matching: Matching;

  constructor(options: AnsweringOptions) {
    this.#options = options;
    this.#matching = new Matching(options);
  }

  /** @param turns of the session that asks */
  answer(asked: Asked, turns: Turns): Reply {
    const { method, params } = asked;
    if (method === 'initialize') return this.#known(method, this.#initialized(params), turns);
    if (method === 'server/discover') return this.#known(method, this.#discovered(), turns);
    if (Lists.has(method)) return this.#known(method, this.#list(method), turns);
    if (method === 'ping') return this.#known(method, {}, turns);
    return this.#recorded(asked, turns);
  }

  /** The exchange that is next of those with a key. */
  next(key: string, turns: Turns): string | undefined {
    return taken(this.#options.recording.exact(key), key, 'same', turns)?.exchange;
  }

  #known(method: string, result: JsonObject, turns: Turns): Reply {
    const exchange = this.next(method, turns);
    this.#options.summary.known(method);
    return { kind: 'result', result, ...(exchange === undefined ? {} : { exchange }) };
  }

  #recorded(asked: Asked, turns: Turns): Reply {
    const { load, summary, name, originals } = this.#options;
    const found = this.#matching.find(asked, turns);
    const subject = subjectKey(asked);
    if (!('how' in found)) {
      // It changes what a server tells, and a mock tells what it told.
      if (asked.method === 'logging/setLevel') return this.#known(asked.method, {}, turns);
      if (asked.method === 'subscriptions/listen') return this.#listened(asked);
      summary.missed(name, found);
      return { kind: 'error', error: missError(found) };
    }
    const recorded = load(found.exchange);
    if (!recorded) {
      const gone: Missed = { subject, known: [] };
      summary.missed(name, gone);
      const message = `not recorded any longer: exchange ${found.exchange} was removed meanwhile`;
      return { kind: 'error', error: { code: NOT_RECORDED, message } };
    }
    summary.answered(name, subject, found);
    return { kind: 'play', script: scriptOf(recorded, { originals }) };
  }

  /** Nothing changes at a mock, so a subscription that was not recorded brings nothing. */
  #listened({ method, params = {} }: Asked): Reply {
    this.#options.summary.known(method);
    const { notifications = {} } = params;
    const message = {
      ...{ jsonrpc: '2.0' as const, method: 'notifications/subscriptions/acknowledged' },
      params: { notifications, _meta: { [metaKeys.subscriptionId]: '' } },
    };
    const frame = { kind: 'notification' as const, direction: 'down' as const, message };
    const ending = { kind: 'silence' as const, after: 0 };
    return { kind: 'play', script: { exchange: '', lines: [{ after: 0, frame }], ending } };
  }

  /** A revision that the client asks for is the one that it gets: whatever was said in another is in the database. */
  #initialized(params: JsonObject | undefined): JsonObject {
    const asked = String(params?.protocolVersion ?? '');
    const known = this.#options.recording.initialized(asked);
    if (known?.same) return known.result;
    const protocolVersion = sessionRevisionFor(asked);
    return {
      ...(known?.result ?? { capabilities: this.#seen(), serverInfo: this.#serverInfo }),
      protocolVersion,
    };
  }

  #discovered(): JsonObject {
    const { discovered } = this.#options.recording;
    if (discovered) return discovered;
    const supported = { supportedVersions: [LATEST_STATELESS], capabilities: this.#seen() };
    return { ...this.#stateless, ...supported };
  }

  #list(method: string): JsonObject {
    const { recording } = this.#options;
    const known = recording.lists.result(method);
    const { list } = methodRow(method);
    if (known || !list) return known ?? {};
    const more = recording.era === 'stateless' ? this.#stateless : {};
    return { ...more, [list.key]: this.#called(method) };
  }

  /** What was used without having been listed; nothing more is known of it than its name. */
  #called(method: string): JsonObject[] {
    const names = (asked: string) =>
      [...this.#options.recording.counts.keys()]
        .filter((subject) => subject.startsWith(`${asked} `))
        .map((subject) => subject.slice(asked.length + 1));
    if (method === 'tools/list') {
      return names('tools/call').map((name) => ({ name, inputSchema: { type: 'object' } }));
    }
    if (method === 'prompts/list') return names('prompts/get').map((name) => ({ name }));
    if (method !== 'resources/list') return [];
    return names('resources/read').map((uri) => ({ uri, name: uri }));
  }

  /** Capabilities that the recorded requests have needed. */
  #seen(): JsonObject {
    const { recording } = this.#options;
    const methods = [...recording.counts.keys(), ...Object.keys(recording.lists.counts())];
    const kinds = new Set(methods.map((subject) => subject.split(/[/ ]/)[0] ?? ''));
    return Object.fromEntries(
      [...kinds].flatMap((kind) => {
        const capability = capabilities[kind];
        return capability === undefined ? [] : [[capability, {}]];
      }),
    );
  }

  get #serverInfo(): JsonObject {
    return { name: this.#options.name, version: 'recorded' };
  }

  /** What results of the stateless era say beside their content. */
  get #stateless(): JsonObject {
    const hints = { ttlMs: 0, cacheScope: 'private' };
    const _meta = { [metaKeys.serverInfo]: this.#serverInfo };
    return { resultType: resultTypes.complete, ...hints, _meta };
  }
}

/** The error that says what was not recorded, and what comes closest. */
function missError({ subject, nearest, known }: Missed): ErrorAnswer['error'] {
  const data = { code: 'REPLAY_MISS', subject };
  if (nearest) {
    const { exchange, differs, masked } = nearest;
    const places =
      differs.length === 0 ? 'in nothing that can be told' : `in ${differs.join(', ')}`;
    const why = masked ? '; values there were masked when it was recorded' : '';
    return {
      code: NOT_RECORDED,
      message: `not recorded: ${subject} with these arguments; the nearest, exchange ${exchange}, differs ${places}${why}`,
      data: { ...data, nearest: { exchange, differs, masked } },
    };
  }
  const beside = known.length === 0 ? 'nothing else was' : `recorded: ${known.join(', ')}`;
  return {
    code: NOT_RECORDED,
    message: `not recorded: ${subject}; ${beside}`,
    data: { ...data, known },
  };
}
