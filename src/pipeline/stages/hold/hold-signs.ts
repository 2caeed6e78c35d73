import type { Approval } from '../../../model/approval.ts';
import type { Json, JsonObject } from '../../../model/json.ts';
import type { RequestFrame } from '../../../model/message.ts';
import { metaOf, progressTokenOf } from '../../../protocol/meta.ts';
import type { Exchange } from '../../exchange.ts';
import type { Waiting } from '../../waiting.ts';
import type { Page } from './hold-answer.ts';

/** How often a client that asked for progress hears that its call waits, in milliseconds. */
const EVERY = 15_000;
/** Progress must grow, and the upstream's own may begin at 0 (MCP, progress): so it grows towards that. */
const TINY = -1e-6;

/** How a client is told that its call waits. */
export type Sign = 'comments' | 'progress' | 'visit';

/** True where the client wants to be told of progress. */
export function wantsProgress({ message: { params } }: RequestFrame): boolean {
  return progressTokenOf(metaOf(params)) !== undefined;
}

/** Tells a client that its call waits, as long as it does. */
export class Signs {
  readonly #frame: RequestFrame;
  readonly #exchange: Exchange;
  readonly #waiting: Waiting;
  readonly #declined = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #told = 0;
  #approval = '';
  #visit: string | undefined;

  constructor(frame: RequestFrame, exchange: Exchange, waiting: Waiting) {
    this.#frame = frame;
    this.#exchange = exchange;
    this.#waiting = waiting;
  }

  /** Aborted once the client's user has been shown the page and does not want the call any longer. */
  get declined(): AbortSignal {
    return this.#declined.signal;
  }

  /** Begins to tell of an approval. */
  start({ id }: Approval, page: Page, message: string): readonly Sign[] {
    const signs: Sign[] = ['comments'];
    this.#approval = id;
    this.#waiting.open();
    if (wantsProgress(this.#frame)) {
      signs.push('progress');
      const tell = () => this.#tell();
      tell();
      this.#timer ??= setInterval(tell, EVERY).unref();
    }
    if (page !== undefined && this.#waiting.visit) {
      signs.push('visit');
      this.#visit = id;
      void this.#show({ url: page, message, id });
    }
    return signs;
  }

  /**
   * It waits no longer.
   *
   * @param isOver nobody has to open the page any more
   */
  stop(isOver: boolean): void {
    clearInterval(this.#timer);
    if (!isOver || this.declined.aborted || this.#visit === undefined) return;
    this.#waiting.visited?.(this.#visit);
  }

  async #show(page: Parameters<NonNullable<Waiting['visit']>>[0]): Promise<void> {
    const method = 'elicitation/create';
    const shown = this.#waiting.visit?.(page);
    if (!shown) return;
    this.#exchange.note('forwarded', { by: 'gate', method, approval: page.id });
    const action = await shown;
    if (action === undefined || this.#exchange.closed) return;
    this.#exchange.note('received', { direction: 'up', kind: 'result', method, action });
    if (action !== 'accept') this.#declined.abort();
  }

  #tell(): void {
    if (this.#waiting.gone) return;
    const message = `waiting for approval ${this.#approval}`;
    const progress = TINY / ++this.#told;
    const { progressToken = null } = metaOf(this.#frame.message.params);
    const params: JsonObject = { progressToken: progressToken as Json, progress, message };
    const method = 'notifications/progress';
    this.#waiting.tell(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }
}
