import type { Frame } from '../model/message.ts';
import type { Analyzer } from '../model/seams.ts';
import type { Seal } from '../protocol/seal.ts';
import type { ToolCatalog } from './catalog.ts';
import type { Stage } from './contract.ts';
import type { Exchange } from './exchange.ts';
import type { Pins } from './pins.ts';
import { analyze } from './stages/analyze.ts';
import { cacheHints } from './stages/cache-hints.ts';
import { decide } from './stages/decide.ts';
import { decideParts } from './stages/decide-parts.ts';
import { decideUnasked } from './stages/decide-unasked.ts';
import { fitPromise, readPromise } from './stages/fit.ts';
import type { ApprovalOptions, HeldCallOptions } from './stages/hold/held-call.ts';
import { hold } from './stages/hold/hold.ts';
import { holdRounds } from './stages/hold/hold-rounds.ts';
import { resume, suspend } from './stages/input.ts';
import { plainInterim } from './stages/interim.ts';
import { keepTokens } from './stages/keep-tokens.ts';
import { type LimitOptions, limit } from './stages/limit.ts';
import { type MaskOptions, mask } from './stages/mask.ts';
import { narrowAnswers, narrowOffers } from './stages/narrow.ts';
import { notice } from './stages/notice.ts';
import { type PinToolsOptions, pinnedCalls, pinTools } from './stages/pins.ts';
import { prune } from './stages/prune.ts';
import { restore } from './stages/restore.ts';
import { lookUpTokens, noteTokens } from './stages/reveal.ts';
import { screen } from './stages/screen.ts';
import { sealTasks } from './stages/seal-tasks.ts';
import { openTasks } from './stages/tasks.ts';
import { trace } from './stages/trace.ts';
import { Tasks } from './tasks.ts';
import type { TokenLedger } from './token/token-ledger.ts';
import type { TokenVault } from './token/token-vault.ts';

export interface Order {
  readonly up: readonly Stage[];
  readonly down: readonly Stage[];
  /** What upstreams get back of their own takes its place once the frame has been recorded. */
  readonly leave: (frame: Frame, exchange: Exchange) => Frame;
}

/** What seals things that clients keep for upstreams; each of its own purpose. */
export interface Seals {
  readonly state: Seal;
  readonly task: Seal;
}

export interface OrderOptions {
  readonly catalog: ToolCatalog;
  readonly seals: Seals;
  readonly limits: LimitOptions;
  /** Left out: tools are not pinned. */
  readonly pins?: Pins | undefined;
  readonly listed?: PinToolsOptions['listed'];
  /** Left out: messages that need it are refused. */
  readonly analyzer?: Analyzer | undefined;
  readonly masking: MaskOptions;
  /** Left out: no tokens are kept, so none can be put back. */
  readonly vault?: TokenVault | undefined;
  /** Remembers where tokens were put back. */
  readonly ledger: TokenLedger;
  /** What calls that need approval are held with; left out: they are refused. */
  readonly approvals?: (ApprovalOptions & Pick<HeldCallOptions, 'keep'>) | undefined;
}

/**
 * The way of a message. Recording comes after each of these orders and can't be left out (see the gate). Mask comes
 * before hold, so that an approver sees exactly what will be sent. What upstreams give to clients to keep is sealed
 * before anything else sees it; tools are compared with their pins as the upstream sent them. Limits come last, so that
 * what is refused or held takes nothing.
 */
export function orderOfStages(options: OrderOptions): Order {
  const { catalog, seals, limits, pins, listed, analyzer, masking } = options;
  const { vault, ledger, approvals } = options;
  const { state, task } = seals;
  const tasks = new Tasks(task, ledger);
  const parts = decideParts(catalog, limits.counts);
  const judged = [decide(catalog, limits.counts), parts];
  const pinned = pinnedCalls(pins);
  const counted = limit(limits);
  const masks = mask(catalog, masking);
  const keeps = keepTokens(vault, limits.log);
  return {
    up: [
      screen,
      trace,
      openTasks(tasks),
      resume(state),
      lookUpTokens(vault, limits.log),
      ...judged,
      decideUnasked(catalog),
      analyze(analyzer),
      masks,
      keeps,
      pinned,
      narrowOffers,
      hold(approvals && { ...approvals, catalog, parts, pinned, rounds: holdRounds(state) }),
      counted,
      noteTokens,
    ],
    down: [
      screen,
      pinTools(catalog, pins, { log: limits.log, listed }),
      sealTasks(tasks, catalog),
      suspend(state),
      plainInterim,
      ...judged,
      readPromise(catalog, pins),
      analyze(analyzer),
      masks,
      fitPromise,
      notice,
      keeps,
      prune(catalog),
      narrowAnswers,
      cacheHints,
      counted,
    ],
    leave: restore(state, tasks, ledger),
  };
}
