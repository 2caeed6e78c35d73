import { GateError } from '../../model/errors.ts';
import { type JsonObject, textMember } from '../../model/json.ts';
import type { RequestFrame, RequestId } from '../../model/message.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { metaKeys } from '../../protocol/meta.ts';
import { methodRow } from '../../protocol/methods.ts';
import { statelessRevisions } from '../../protocol/revisions.ts';
import { type Caller, isStateless } from '../caller.ts';
import type { ClientSink } from '../client-sink.ts';
import type { Conduit } from '../conduit.ts';
import type { Session } from '../session.ts';
import { joinCursors, splitCursor } from './cursor.ts';
import {
  joinCacheHints,
  joinCapabilities,
  joinInstructions,
  joinItems,
  type Part,
} from './join.ts';
import type { Naming } from './naming.ts';
import type { Renaming } from './renaming.ts';
import { type Answered, AnswerSink, resultText } from './sinks.ts';

/** One upstream as a caller reaches it: in a session, or in the stateless era. */
export interface Way {
  readonly upstream: string;
  readonly caller: Caller;
  readonly session: Session | undefined;
}

export interface GatheringOptions {
  readonly relay: Conduit;
  readonly naming: Naming;
  /** How the union presents itself. */
  readonly serverInfo: JsonObject;
}

/** What is asked of several upstreams. */
export interface Question {
  readonly caller: Caller;
  readonly ways: readonly Way[];
  readonly frame: RequestFrame;
  readonly client: ClientSink;
  /** Gives the client what one of them sends before its answer. */
  readonly words: (upstream: string) => ClientSink;
}

/** An upstream that has not answered by then is left out, in milliseconds. */
const PATIENCE = 20_000;

/** Asks several upstreams and makes one answer of theirs. One that has none doesn't spoil those of the others. */
export class Gathering {
  readonly #options: GatheringOptions;
  readonly #renamings: ReadonlyMap<string, Renaming>;

  constructor(options: GatheringOptions, renamings: ReadonlyMap<string, Renaming>) {
    this.#options = options;
    this.#renamings = renamings;
  }

  /** The lists of all that have one, as one list. */
  async list(question: Question): Promise<void> {
    const { caller, frame, client } = question;
    const { id, method, params = {} } = frame.message;
    const key = keyOf(method) ?? '';
    const cursor = textMember(params, 'cursor');
    const cursors = cursor === undefined ? undefined : splitCursor(cursor);
    if (cursor !== undefined && !cursors) {
      return client.answer(
        JSON.stringify(errorAnswer(id, rpcCodes.invalidParams, 'Invalid cursor')),
      );
    }
    const ways = question.ways.filter(({ upstream }) => !cursors || cursors.has(upstream));
    const answers = await this.#ask({ ...question, ways }, (upstream) => {
      const { cursor: _, ...rest } = params;
      const own = cursors?.get(upstream);
      return own === undefined ? rest : { ...rest, cursor: own };
    });
    if (client.gone) return client.end();
    const parts = this.#renamed(method, resultsOf(answers));
    if (parts.length === 0 && answers.length > 0) return giveFirst(answers, id, client);
    const more = new Map(
      parts.flatMap(({ upstream, result }) => {
        const next = textMember(result, 'nextCursor');
        return next === undefined ? [] : [[upstream, next] as const];
      }),
    );
    const nextCursor = joinCursors(more);
    const result = {
      ...complete(caller),
      [key]: joinItems(parts, key),
      ...(nextCursor === undefined ? {} : { nextCursor }),
      ...joinCacheHints(parts),
    };
    client.answer(resultText(id, result));
  }

  /** What all can do together (2026-07-28, discovery). */
  async discover(question: Question): Promise<void> {
    const { caller, frame, client } = question;
    const { id, params = {} } = frame.message;
    const answers = await this.#ask(question, () => params);
    const parts = resultsOf(answers);
    if (parts.length === 0) return giveFirst(answers, id, client);
    const { serverInfo, ...introduced } = this.introduced(parts);
    const result = {
      ...complete(caller),
      supportedVersions: [...statelessRevisions],
      ...introduced,
      ...joinCacheHints(parts),
      _meta: { [metaKeys.serverInfo]: serverInfo ?? null },
    };
    client.answer(resultText(id, result));
  }

  /** To everybody; it has worked when it did for one. */
  async toAll(question: Question): Promise<void> {
    const { caller, frame, client } = question;
    const { id, params = {} } = frame.message;
    const answers = await this.#ask(question, () => params);
    if (resultsOf(answers).length === 0) return giveFirst(answers, id, client);
    client.answer(resultText(id, complete(caller)));
  }

  /** What upstreams say of themselves, as one. */
  introduced(parts: readonly Part[]): JsonObject {
    const { naming, serverInfo } = this.#options;
    const nameOf = (upstream: string) => naming.name(upstream, '*');
    const instructions = joinInstructions(parts, nameOf);
    return {
      capabilities: joinCapabilities(parts),
      serverInfo,
      ...(instructions === undefined ? {} : { instructions }),
    };
  }

  /** Asks several at once; one that takes too long is left out. */
  #ask(
    { ways, frame, words }: Question,
    paramsFor: (upstream: string) => JsonObject,
  ): Promise<readonly (Answered & { readonly upstream: string })[]> {
    return Promise.all(
      ways.map(async (way) => {
        const sink = new AnswerSink(words(way.upstream));
        const message = { ...frame.message, params: paramsFor(way.upstream) };
        const late = setTimeout(() => giveUp(way, frame, sink), PATIENCE);
        try {
          await this.#options.relay.request(way.caller, way.session, { ...frame, message }, sink);
          return { ...(await sink.answered), upstream: way.upstream };
        } catch (error) {
          if (!(error instanceof GateError)) throw error;
          return { kind: 'failure' as const, error, upstream: way.upstream };
        } finally {
          clearTimeout(late);
        }
      }),
    );
  }

  #renamed(method: string, parts: readonly Part[]): Part[] {
    return parts.map(({ upstream, result }) => {
      return { upstream, result: this.#renamings.get(upstream)?.result(method, result) ?? result };
    });
  }
}

function giveUp({ upstream, session }: Way, { message }: RequestFrame, sink: AnswerSink): void {
  sink.giveUp(new GateError('UPSTREAM_TIMEOUT', `${upstream} took too long for all to wait`));
  void session?.calls.get(message.id)?.cancel('all others have answered');
}

/** The member of the result that has the list; undefined where the method lists nothing. */
export function keyOf(method: string): string | undefined {
  return method === 'tasks/list' ? 'tasks' : methodRow(method).list?.key;
}

function resultsOf(answers: readonly (Answered & { readonly upstream: string })[]): Part[] {
  return answers.flatMap((answer) => {
    return answer.kind === 'result' ? [{ upstream: answer.upstream, result: answer.result }] : [];
  });
}

/** Where nobody has a result the first one's reason is as good as any. */
function giveFirst(answers: readonly Answered[], id: RequestId, client: ClientSink): void {
  const [first] = answers;
  if (first?.kind === 'error')
    client.answer(JSON.stringify({ jsonrpc: '2.0', id, error: first.error }));
  else client.fail(first?.kind === 'failure' ? first.error : nobody());
}

function complete(caller: Caller): JsonObject {
  return isStateless(caller) ? { resultType: 'complete' } : {};
}

export function nobody(): GateError {
  return new GateError('UPSTREAM_UNREACHABLE', 'no upstream is available to the caller');
}
