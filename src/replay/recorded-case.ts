import type { ClientInfo, Identity } from '../model/identity.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { ExchangeRecord, TranscriptEvent } from '../model/transcript.ts';
import type { HiddenPlace } from '../policy/explain/explain-hidden.ts';
import { ABSENT, type RequestFacts, type Target, UNAVAILABLE, UNKNOWN, type Value } from '../policy/subject.ts'; // biome-ignore format: one line says it
import { argsOf, methodRow, targetOf } from '../protocol/methods.ts';
import { messageIn, type Recorded } from './recorded-exchange.ts';
import { hiddenIn, wasMasked } from './recorded-hidden.ts';
import { hiddenOfIdentity, hiddenWith, recordedIdentity } from './recorded-identity.ts';

/** The answer to a recorded message: one of the two is absent. */
export interface RecordedAnswer {
  readonly result: Value;
  readonly error: Value;
}

/** What a recorded exchange says of one side. */
interface Side {
  readonly event: TranscriptEvent;
  /** Undefined where its text is missing or cut. */
  readonly message: JsonObject | undefined;
  /** It is what came, whatever masks have done to it since. */
  readonly original: boolean;
}

const NOTHING: readonly HiddenPlace[] = [];
const UNREAD: readonly HiddenPlace[] = [['args'], ['request', 'meta']];
const UNANSWERED: readonly HiddenPlace[] = [['result'], ['error']];
/** Characters of a target that transcripts keep. */
const MAX_TARGET = 8_192;

/** What policy can be asked about a recorded exchange. Nothing is parsed, or opened, before somebody asks for it. */
export class RecordedCase {
  readonly record: ExchangeRecord;
  readonly events: readonly TranscriptEvent[];
  readonly identity: Identity;
  readonly opened: TranscriptEvent;
  /** When it was judged. */
  readonly request: RequestFacts;
  readonly #recorded: Recorded;
  readonly #originals: boolean;
  #up: Side | undefined;
  #down: Side | null | undefined;
  #hiddenUp: readonly HiddenPlace[] | undefined;
  #hiddenDown: readonly HiddenPlace[] | undefined;
  #client: { readonly info: ClientInfo; readonly known: boolean } | undefined;

  private constructor(recorded: Recorded, opened: TranscriptEvent, originals: boolean) {
    const { record, events, identity } = recorded;
    this.#originals = originals;
    this.record = record;
    this.events = events;
    this.opened = opened;
    this.#recorded = recorded;
    this.identity = recordedIdentity(record, identity);
    this.request = {
      upstream: record.upstream,
      method: record.method,
      now: judgedAt(events) ?? record.openedAt,
      ...(record.protocol === undefined ? {} : { protocol: record.protocol }),
      ...(record.ip === undefined ? {} : { ip: record.ip }),
    };
  }

  /**
   * The same of an exchange, or why there is nothing to ask.
   *
   * @param options.originals reads messages as they came, where that is at hand; otherwise as they may be read
   */
  static of(recorded: Recorded, { originals = true } = {}): RecordedCase | string {
    const [opened] = recorded.events;
    if (opened?.kind !== 'opened') return 'its first step was not recorded';
    const { kind } = opened.detail ?? {};
    if (kind === undefined) return withoutMessage(recorded);
    if (kind === 'result' || kind === 'error') return 'it began with an answer';
    return new RecordedCase(recorded, opened, originals);
  }

  /** Which way the message went that began it. */
  get direction(): 'up' | 'down' {
    return this.opened.detail?.direction === 'down' ? 'down' : 'up';
  }

  get target(): Target {
    const { method, target } = this.record;
    if (!methodRow(method).target) return { kind: 'methods', name: method };
    // What it is about is told apart from how it is written: behind a shared endpoint a tool has another name.
    if (target !== undefined && target.length < MAX_TARGET && method !== 'completion/complete') {
      return targetOf(method, { name: target, uri: target });
    }
    const named = target === undefined ? undefined : { name: target, uri: target };
    return targetOf(method, this.params ?? named);
  }

  /** The message that began it, as it came where that is at hand. */
  get message(): JsonObject | undefined {
    return this.#sideUp().message;
  }

  get params(): JsonObject | undefined {
    const params = this.message?.params;
    return isObject(params) ? params : undefined;
  }

  get args(): Value {
    if (!this.message) return UNKNOWN;
    return argsOf(this.record.method, this.params) ?? ABSENT;
  }

  get meta(): Value {
    return this.message ? (this.params?._meta ?? ABSENT) : UNKNOWN;
  }

  /** The answer of the other side: as it was received where that is recorded, otherwise as it went on. */
  get answer(): RecordedAnswer | undefined {
    const { result, error } = this.#sideDown()?.message ?? {};
    if (isObject(result)) return { result, error: ABSENT };
    return isObject(error) ? { result: ABSENT, error } : undefined;
  }

  /** True where there is an answer, whether it can be read or not. */
  get answered(): boolean {
    return answerEvent(this.events, this.direction) !== undefined;
  }

  get client(): ClientInfo {
    return this.#sentClient().info;
  }

  /** What the upstream said of the tool then. */
  get tool(): Value {
    if (this.target.kind !== 'tools') return ABSENT;
    const named = this.#toolNamed();
    if (named === null) return UNAVAILABLE;
    return (named !== undefined && this.#recorded.fact?.(named)) || UNKNOWN;
  }

  /** Places of the message whose values are masked, cut, or were never recorded. */
  get hiddenUp(): readonly HiddenPlace[] {
    this.#hiddenUp ??= this.#findHiddenUp();
    return this.#hiddenUp;
  }

  /** The same of its answer. */
  get hiddenDown(): readonly HiddenPlace[] {
    this.#hiddenDown ??= this.#findHiddenDown();
    return this.#hiddenDown;
  }

  /** The same of who called, with what, and what. */
  get hiddenFacts(): readonly HiddenPlace[] {
    const { tool } = this;
    const places = hiddenWith(hiddenOfIdentity(this.#recorded.identity), {
      // Both are of the same version of transcripts; a caller beside the gate has no address.
      ip: this.record.ip === undefined && this.#recorded.identity === undefined,
      client: !this.#sentClient().known,
      tool: tool === UNKNOWN,
    });
    const ofTool = typeof tool === 'symbol' ? NOTHING : hiddenOfTool(tool);
    return ofTool.length === 0 ? places : [...places, ...ofTool];
  }

  #sideUp(): Side {
    this.#up ??= sideOf(messageEvent(this.events, this.opened, this.direction), this.#originals);
    return this.#up;
  }

  #sideDown(): Side | undefined {
    if (this.#down === undefined) {
      const event = answerEvent(this.events, this.direction);
      this.#down = event ? sideOf(event, this.#originals) : null;
    }
    return this.#down ?? undefined;
  }

  #findHiddenUp(): readonly HiddenPlace[] {
    const { message, original, event } = this.#sideUp();
    if (!message) return UNREAD;
    if (original || !wasMasked(this.events)) return NOTHING;
    const { args: key } = methodRow(this.record.method);
    return hiddenIn(this.events, 'up', event, [
      { at: key === undefined ? ['params'] : ['params', key], root: ['args'], value: this.args },
      { at: ['params', '_meta'], root: ['request', 'meta'], value: this.meta },
    ]);
  }

  #findHiddenDown(): readonly HiddenPlace[] {
    const side = this.#sideDown();
    if (!side) return NOTHING;
    if (!side.message) return UNANSWERED;
    if (side.original) return NOTHING;
    const { result = ABSENT, error = ABSENT } = this.answer ?? {};
    const own = isWhatCame(side.event) ? NOTHING : ownPlaces(result, this.record.method);
    if (!wasMasked(this.events)) return own;
    const { list } = methodRow(this.record.method);
    const masked = hiddenIn(this.events, 'down', side.event, [
      // What was left out of a list after masks were applied has moved what follows it.
      { at: ['result'], root: ['result'], value: result, moved: !!list },
      { at: ['error'], root: ['error'], value: error },
    ]);
    return own.length === 0 ? masked : [...own, ...masked];
  }

  #sentClient(): { readonly info: ClientInfo; readonly known: boolean } {
    this.#client ??= this.#findClient();
    return this.#client;
  }

  #findClient() {
    const named = this.opened.detail?.client;
    const fact = typeof named === 'string' ? this.#recorded.fact?.(named) : undefined;
    if (fact) return { info: fact as ClientInfo, known: true };
    const info = clientOf(this.record.agent);
    return { info: info ?? {}, known: info !== undefined };
  }

  /** The digest of what was said of the tool; null where the gate itself did not know it, undefined of an older one. */
  #toolNamed(): string | null | undefined {
    for (const { kind, detail } of this.events) {
      if (kind !== 'decided' || detail?.tool === undefined) continue;
      // A tool that is pinned and should be looked at is told by its name.
      if (detail.found !== undefined) continue;
      const { tool } = detail;
      if (typeof tool === 'string' || tool === null) return tool;
    }
    return undefined;
  }
}

const hiddenByTool = new WeakMap<object, readonly HiddenPlace[]>();

/** Texts of a tool that masks may change; what else is null the gate itself could not judge. */
const TEXTS = ['title', 'description'];

/** What is null of a tool's texts was masked, or could not be judged by the gate itself. */
function hiddenOfTool(tool: Json): readonly HiddenPlace[] {
  if (!isObject(tool)) return NOTHING;
  const known = hiddenByTool.get(tool);
  if (known) return known;
  const { annotations } = tool;
  const own = TEXTS.filter((name) => tool[name] === null).map((name) => ['tool', name]);
  const isMasked = isObject(annotations) && annotations.title === null;
  const places = isMasked ? [...own, ['tool', 'annotations', 'title']] : own;
  hiddenByTool.set(tool, places);
  return places;
}

/** When it was decided, which may be long after it was opened. */
function judgedAt(events: readonly TranscriptEvent[]): number | undefined {
  return events.find(({ kind }) => kind === 'decided')?.at;
}

/** False where the transcript has an original, which isn't read: the value that came is another one. */
function isWhatCame(event: TranscriptEvent): boolean {
  const { original, sealed } = event as TranscriptEvent & { readonly sealed?: true };
  return sealed === undefined && original === undefined;
}

/** Members of a result that the gate may have written after it was judged. */
const OWN = ['resultType', 'ttlMs', 'cacheScope', 'capabilities'];

function ownPlaces(result: Value, method: string): readonly HiddenPlace[] {
  if (typeof result === 'symbol' || !isObject(result)) return NOTHING;
  const { list } = methodRow(method);
  const names = list ? [...OWN, list.key] : OWN;
  return names.filter((name) => Object.hasOwn(result, name)).map((name) => ['result', name]);
}

/** As it came where that is at hand. An original is kept whole, also of what was cut. */
function sideOf(event: TranscriptEvent, originals: boolean): Side {
  // Only the beginning of a very long one is kept.
  const original = originals && !event.detail?.original ? messageIn(event.original) : undefined;
  if (original) return { event, message: original, original: true };
  const whole = event.detail?.characters === undefined;
  return { event, message: whole ? messageIn(event.payload) : undefined, original: false };
}

/** The step that has the message: where an upstream's own went on, that it did. */
function messageEvent(
  events: readonly TranscriptEvent[],
  opened: TranscriptEvent,
  direction: 'up' | 'down',
): TranscriptEvent {
  if (direction === 'up' || opened.payload !== undefined) return opened;
  return (
    events.find(({ kind, payload }) => kind === 'forwarded' && payload !== undefined) ?? opened
  );
}

/** The step that has the answer: where it was stopped, that it was received. */
function answerEvent(
  events: readonly TranscriptEvent[],
  asked: 'up' | 'down',
): TranscriptEvent | undefined {
  for (let index = events.length - 1; index > 0; index--) {
    const event = events[index] as TranscriptEvent;
    if (event.kind === 'answered') return event;
    if (event.kind !== 'received') continue;
    const { kind, direction } = event.detail ?? {};
    if (direction !== asked && (kind === 'result' || kind === 'error')) return event;
  }
  return undefined;
}

/** Name and version of a client; undefined where the record doesn't tell one from the other. */
function clientOf(agent: string | undefined): ClientInfo | undefined {
  if (agent === undefined) return {};
  const [name = '', version, ...more] = agent.split('/');
  if (more.length > 0 || agent.startsWith('@')) return undefined;
  return version === undefined ? { name } : { name, version };
}

/** Why an exchange has no message that it began with. */
function withoutMessage({ record, events }: Recorded): string {
  // A decision has always said something.
  const decided = events.find((event) => event.kind === 'decided');
  if (decided && decided.detail === undefined) return 'what it said is erased';
  if (record.upstream === '') return 'it is what an operator or upkeep did to transcripts';
  if (OF_HTTP.includes(record.method)) return 'it is a stream or the end of a session';
  return 'it was refused before it was judged';
}

/** Requests that carry no message (MCP 2025-03-26, transports). */
const OF_HTTP = ['GET', 'DELETE'];
