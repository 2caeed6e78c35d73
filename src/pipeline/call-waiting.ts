import { isObject, textMember } from '../model/json.ts';
import type { AnswerFrame } from '../model/message.ts';
import type { ClientSink } from './client-sink.ts';
import type { ServerRequests } from './server-requests.ts';
import type { Session } from './session.ts';
import type { VisitAnswer, Waiting } from './waiting.ts';

/** A page that a user is asked to open. */
type Page = Parameters<NonNullable<Waiting['visit']>>[0];

/** The revision that can ask a user to open a page on the stream of a call. */
const VISITS_SINCE = '2025-11-25';
/** Pages that a session remembers to have shown. */
const MAX_SHOWN = 1_000;
const actions = ['accept', 'decline', 'cancel'] as const satisfies readonly VisitAnswer[];

/** What a call of a client can do while it waits for people. */
export class CallWaiting implements Waiting {
  readonly visit?: NonNullable<Waiting['visit']>;
  readonly visited?: (id: string) => void;
  readonly #client: ClientSink;
  #over: AbortController | undefined;
  #ended = false;
  #givenUp = false;

  /** @param session undefined in the stateless era */
  constructor(client: ClientSink, session: Session | undefined, requests: ServerRequests) {
    this.#client = client;
    if (!session?.visits || session.protocol !== VISITS_SINCE) return;
    this.visit = (page) => {
      if (session.shown.has(page.id)) return undefined;
      remember(session.shown, page.id);
      return this.#visit(page, session, requests);
    };
    this.visited = (id) => this.#visited(id, session);
  }

  get signal(): AbortSignal {
    if (this.#over) return this.#over.signal;
    const over = new AbortController();
    this.#over = over;
    if (this.#ended || this.#client.gone) over.abort();
    else this.#client.onGone(() => over.abort());
    return over.signal;
  }

  get gone(): boolean {
    return this.#client.gone || this.#client.away === true;
  }

  get givenUp(): boolean {
    return this.#givenUp;
  }

  /**
   * The call is over.
   *
   * @param byClient its client does not want it any longer
   */
  end(byClient = false): void {
    this.#ended = true;
    this.#givenUp = byClient;
    this.#over?.abort();
  }

  open(): void {
    this.#client.open();
  }

  tell(text: string): void {
    void this.#client.message(text);
  }

  async #visit(
    { url, message, id: elicitationId }: Page,
    session: Session,
    requests: ServerRequests,
  ): Promise<VisitAnswer | undefined> {
    const { signal } = this;
    const { id, answered, forget } = requests.ask('elicitation/create', session);
    const params = { mode: 'url', url, message, elicitationId };
    this.open();
    this.tell(JSON.stringify({ jsonrpc: '2.0', id, method: 'elicitation/create', params }));
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const end = () => resolve(undefined);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    try {
      const answer = await Promise.race([answered, promise]);
      return answer && actionOf(answer);
    } finally {
      forget();
      signal.removeEventListener('abort', end);
    }
  }

  #visited(elicitationId: string, session: Session): void {
    if (!session.shown.delete(elicitationId)) return;
    const method = 'notifications/elicitation/complete';
    this.tell(JSON.stringify({ jsonrpc: '2.0', method, params: { elicitationId } }));
  }
}

/** A client that can't show the page after all has not given the call up. */
function actionOf(answer: AnswerFrame): VisitAnswer | undefined {
  if (answer.kind === 'error') return undefined;
  const { result } = answer.message;
  const action = isObject(result) ? textMember(result, 'action') : undefined;
  return actions.find((known) => known === action);
}

function remember(shown: Set<string>, id: string): void {
  shown.add(id);
  const [oldest] = shown;
  if (shown.size > MAX_SHOWN && oldest !== undefined) shown.delete(oldest);
}
