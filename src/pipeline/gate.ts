import { messageOf } from '../model/errors.ts';
import type { Frame } from '../model/message.ts';
import type { Analyzer, Limiter, Log } from '../model/seams.ts';
import { ToolCatalog } from './catalog.ts';
import { forward, type Stage, type Verdict } from './contract.ts';
import type { Exchange } from './exchange.ts';
import { withBody } from './frame-body.ts';
import { MaskCounts } from './mask-counts.ts';
import { type Order, orderOfStages, type Seals } from './order.ts';
import type { Pins } from './pins.ts';
import { RuleCounts } from './rule-counts.ts';
import type { SchemaWarnings } from './schema-warnings.ts';
import { blockFor, refuse } from './stages/decide.ts';
import type { ApprovalOptions } from './stages/hold/held-call.ts';
import { Journal } from './stages/journal.ts';
import type { MaskAside } from './stages/mask-aside.ts';
import { type RecordOptions, record, unrecorded } from './stages/record.ts';
import { concealed } from './token/token-conceal.ts';
import { TokenLedger } from './token/token-ledger.ts';
import type { TokenVault } from './token/token-vault.ts';

export interface GateOptions extends RecordOptions {
  readonly seals: Seals;
  readonly limiter: Limiter;
  /** Finds what masks name by it; left out: messages that need it are refused. */
  readonly analyzer?: Analyzer | undefined;
  /** Masks large messages; left out: they are masked like others. */
  readonly aside?: MaskAside | undefined;
  /** What calls that need approval are held with; left out: nobody can be asked, so they are refused. */
  readonly approvals?: ApprovalOptions | undefined;
  /** Keeps what tokens stand for; left out: they can't be put back. */
  readonly vault?: TokenVault | undefined;
  /** Left out: tools are not pinned. */
  readonly pins?: Pins | undefined;
  /** Is told of each whole list of an upstream's tools. */
  readonly listed?: SchemaWarnings['listed'];
}

/** The one gate: every frame of every exchange goes through it, in both directions. */
export class Gate {
  readonly catalog = new ToolCatalog();
  /** What rules have done since the start. */
  readonly ruleCounts = new RuleCounts();
  /** What masks have found since the start. */
  readonly maskCounts = new MaskCounts();
  readonly #ledger = new TokenLedger();
  readonly #order: Order;
  readonly #record: ReturnType<typeof record>;
  readonly #journal: Journal;
  readonly #log: Log;

  constructor(options: GateOptions) {
    const { approvals, aside, limiter, log, required, ...parts } = options;
    const journal = new Journal(options.recorder, log);
    this.#journal = journal;
    const keep = async (exchange: Exchange) => (await journal.write(exchange)) || !required;
    this.#order = orderOfStages({
      ...parts,
      catalog: this.catalog,
      limits: { limiter, counts: this.ruleCounts, log },
      masking: { counts: this.maskCounts, aside },
      ledger: this.#ledger,
      approvals: approvals && { ...approvals, keep },
    });
    this.#record = record(journal, required, aside);
    this.#log = log;
  }

  /**
   * Judges a frame. What comes back has been recorded, and is all that may leave.
   * It never throws: a stage that does is a recorded block.
   */
  async pass(arrived: Frame, exchange: Exchange): Promise<Verdict> {
    exchange.arrived(arrived);
    const stages = arrived.direction === 'up' ? this.#order.up : this.#order.down;
    let frame: Frame | undefined;
    let verdict: Verdict;
    try {
      frame = concealed(arrived, exchange, this.#ledger);
      // Rules judge it like this, so a transcript keeps it like this, to be judged again.
      exchange.came = frame;
      const judged = judge(stages, frame, exchange);
      verdict = judged instanceof Promise ? await judged : judged;
    } catch (error) {
      this.#fault(exchange, error);
      frame ??= withoutContent(arrived);
      verdict = refuse(frame, FAULT, exchange);
    }
    if (exchange.carried.begins) this.#ledger.add(exchange, exchange.given, true);
    // It was given up while a stage waited, which is recorded, and nobody waits for it any longer.
    if (verdict.kind === 'drop' && exchange.closed) return verdict;
    if (verdict.kind === 'forward' && frame.direction === 'up') keepParams(verdict.frame, exchange);
    try {
      const recorded = await this.#record(verdict, frame, exchange);
      if (recorded.kind !== 'forward') return recorded;
      return forward(this.#order.leave(recorded.frame, exchange));
    } catch (error) {
      this.#fault(exchange, error);
      return unrecorded(frame);
    }
  }

  #fault(exchange: Exchange, error: unknown): void {
    const fields = { exchange: exchange.id, code: 'STAGE_FAULT', cause: messageOf(error) };
    this.#log.error(fields, 'a stage of the gate failed; the frame is blocked');
  }

  /** Writes what an exchange has noted since, such as how it ended. Never rejects. */
  async settle(exchange: Exchange): Promise<void> {
    if (!(await this.#journal.write(exchange))) this.#journal.owe(exchange);
  }
}

const FAULT = blockFor('the gate could not judge the message');

function judge(stages: readonly Stage[], frame: Frame, exchange: Exchange) {
  let verdict: Verdict = forward(frame);
  for (const [index, stage] of stages.entries()) {
    if (verdict.kind !== 'forward') return verdict;
    const next = stage(verdict.frame, exchange);
    if (next instanceof Promise) return continueAfter(next, stages.slice(index + 1), exchange);
    verdict = next;
  }
  return verdict;
}

async function continueAfter(
  pending: Promise<Verdict>,
  stages: readonly Stage[],
  exchange: Exchange,
): Promise<Verdict> {
  const verdict = await pending;
  return verdict.kind === 'forward' ? judge(stages, verdict.frame, exchange) : verdict;
}

/** A message of an upstream's that could not be looked at: nothing of it is recorded. */
function withoutContent(frame: Frame): Frame {
  if (frame.kind !== 'error') return withBody(frame, {});
  const { source: _, ...rest } = frame;
  const { code } = frame.message.error;
  return { ...rest, message: { ...frame.message, error: { code, message: '' } } };
}

/** The answer is judged with the params that the upstream got. */
function keepParams(frame: Frame, exchange: Exchange): void {
  if (frame.kind === 'request') exchange.params = frame.message.params;
}
