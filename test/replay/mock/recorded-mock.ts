import type { Json, JsonObject } from '../../../src/model/json.ts';
import { Answering, type Reply } from '../../../src/replay/mock/answering.ts';
import type { Turns } from '../../../src/replay/mock/matching.ts';
import { Recording } from '../../../src/replay/mock/recording.ts';
import { Summary } from '../../../src/replay/mock/summary.ts';
import type { Recorded } from '../../../src/replay/recorded-subject.ts';
import { called, recorded } from '../../support/recorded.ts';

type Steps = NonNullable<NonNullable<Parameters<typeof recorded>[0]>['steps']>;

export const result = (id: Json, body: object) =>
  JSON.stringify({ jsonrpc: '2.0', id, result: body });
export const text = (said: string) => ({ content: [{ type: 'text', text: said }] });
/** The steps of an answer. */
export const answered = (body: object): Steps => [
  { kind: 'forwarded' },
  { kind: 'answered', payload: result(1, body) },
];
/** A call of a tool that was answered by a text. */
export const call = (
  tool: string,
  args: Json,
  said: string,
  more: Parameters<typeof called>[2] = {},
): Recorded => called(tool, args, { steps: answered(text(said)), ...more });
/** An answered request of another kind. */
export const asked = (method: string, params: JsonObject, body: object): Recorded =>
  recorded({ method, params, steps: answered(body) });

/** What was recorded at one upstream, asked again. */
export class RecordedMock {
  readonly summary = new Summary({ onMiss: () => undefined, onNear: () => undefined });
  readonly recording: Recording;
  readonly #answering: Answering;
  readonly #turns: Turns = new Map();

  constructor(traffic: readonly Recorded[], ignored?: readonly string[], originals = false) {
    const ignores = ignored && new Set(ignored);
    const [first] = traffic;
    this.recording = new Recording(first ? Recording.eraOf(first) : 'session', {
      ...{ ignored: ignores, originals },
    });
    for (const one of traffic) this.recording.add(one);
    const byId = new Map(traffic.map((one) => [one.record.id, one]));
    this.#answering = new Answering({
      ...{
        name: 'db',
        recording: this.recording,
        ignored: ignores,
        summary: this.summary,
        originals,
      },
      load: (id) => byId.get(id),
    });
  }

  reply(method: string, params?: JsonObject): Reply {
    return this.#answering.answer({ method, params }, this.#turns);
  }

  /** The text that a tool answers, or the message of the error. */
  call(tool: string, args?: Json): string {
    const given = args === undefined ? {} : { arguments: args };
    return this.said(this.reply('tools/call', { name: tool, ...given }));
  }

  said(reply: Reply): string {
    if (reply.kind === 'error') return `${reply.error.code} ${reply.error.message}`;
    if (reply.kind === 'result') return JSON.stringify(reply.result);
    const { ending } = reply.script;
    if (ending.kind !== 'answer') return JSON.stringify(ending);
    const { message } = ending;
    if ('error' in message) return `${message.error.code} ${message.error.message}`;
    const { content } = message.result as { content?: { text: string }[] };
    return content ? content.map((part) => part.text).join() : JSON.stringify(message.result);
  }
}
