import type { MaskReport } from '../../mask/mask.ts';
import { type ChangedPlaces, changedPlaces } from '../../mask/place/changed-places.ts';
import type { MaskObligation } from '../../model/decision.ts';
import { GateError } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { type Frame, frameText, type RequestFrame } from '../../model/message.ts';
import type { Fit } from '../carried.ts';
import type { ToolCatalog } from '../catalog.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import type { MaskCounts } from '../mask-counts.ts';
import { type Bounded, bounded } from './bounded.ts';
import { blockFor, decideMessage, refuse, union } from './decide.ts';
import { isHeavy, isLarge, jsonOf, type MaskAside } from './mask-aside.ts';
import { type FrameMasks, type MaskedFrame, maskedFrame } from './mask-frame.ts';
import { maskPiece } from './mask-pieces.ts';

export interface MaskOptions {
  readonly counts: MaskCounts;
  /** Left out: large frames are masked like others. */
  readonly aside?: MaskAside | undefined;
}

/** A masked frame, and where it was changed. */
interface Did extends MaskedFrame {
  readonly changed: ChangedPlaces;
  readonly fit?: Fit;
}

/**
 * Applies the masks that the decision brought, to what goes up and to what comes back. What can't be masked doesn't
 * pass. Large frames are masked by another thread; those behind them on the same stream wait.
 */
export function mask(catalog: ToolCatalog, { counts, aside }: MaskOptions): Stage {
  const go = (frame: Frame, did: Did, exchange: Exchange): Verdict => {
    if (did.fit) exchange.carried = { ...exchange.carried, fit: did.fit };
    if (did.reports.length === 0) return forward(did.frame);
    noteMasked(did, exchange);
    counts.note(did.reports, exchange.upstream);
    const sent = frame.direction === 'up' ? did.frame : undefined;
    return sent?.kind === 'request' ? judgeAgain(sent, exchange, catalog) : forward(did.frame);
  };
  return (frame, exchange) => {
    const how = howFor(exchange, masksFor(frame, exchange));
    // What is held comes out masked, though policies may ask for nothing any more.
    if (!isDue(how, frame) && !exchange.texts?.holds) return forward(frame);
    const later = (masking: Promise<Did>) =>
      masking.then(
        (did) => (exchange.closed ? OVER : go(frame, did, exchange)),
        (error) => {
          if (exchange.closed) return OVER;
          counts.noteFailed();
          return unmasked(error, frame, exchange);
        },
      );
    try {
      const piece = maskPiece(frame, how, exchange.texts);
      if (piece instanceof Promise) return later(piece.then((did) => withChanges(frame, did)));
      if (!piece && aside && (isLarge(frame, exchange.came) || isHeavy(how))) {
        counts.noteAside();
        return later(maskAside(frame, exchange, how, aside));
      }
      return go(frame, withChanges(frame, piece ?? maskedFrame(frame, how)), exchange);
    } catch (error) {
      counts.noteFailed();
      throw error;
    }
  };
}

const OVER: Verdict = { kind: 'drop', reason: 'the call was over before it was masked' };

/** Masks that are due on a frame, beside those of what it carries inside. */
export function masksFor(frame: Frame, { decision, passing }: Exchange): readonly MaskObligation[] {
  const own = decision?.masks ?? [];
  return passing === decision || !isOfServer(frame) ? own : union(own, passing?.masks);
}

function isOfServer({ direction, kind }: Frame): boolean {
  return direction === 'down' && (kind === 'request' || kind === 'notification');
}

function howFor(
  { carried, method, masking }: Exchange,
  masks: readonly MaskObligation[],
  stopped = false,
): FrameMasks {
  const { parts, begins = false, analyzed: found } = carried;
  const promised = stopped ? [] : (carried.promised ?? []);
  return {
    ...{ masks, parts, begins, method, context: masking, stopped, found },
    promised: promised.map(({ path, output }) => ({ path, output })),
  };
}

function isDue({ masks, parts }: FrameMasks, { direction }: Frame): boolean {
  const side = direction === 'up' ? 'args' : 'result';
  const own = (mask: MaskObligation) => mask.sides.includes(side);
  return masks.some(own) || parts.some((part) => part.masks?.some(own));
}

function withChanges(before: Frame, did: MaskedFrame): Did {
  return { ...did, changed: changedIn(before, did.frame) };
}

function maskAside(frame: Frame, exchange: Exchange, how: FrameMasks, aside: MaskAside) {
  return aside.mask(frame, jsonOf(frame, exchange.came), how, () => exchange.closed);
}

/** A frame that could not be masked goes nowhere, and is not recorded either. */
function unmasked(error: unknown, frame: Frame, exchange: Exchange): Verdict {
  if (!(error instanceof GateError)) throw error;
  const { code, message } = error;
  exchange.note('failed', { code, message });
  exchange.carried = { ...exchange.carried, unmasked: true };
  const decision = { ...blockFor(message), masks: exchange.decision?.masks ?? [] };
  const begins = frame.kind === 'request' && frame.direction === 'up';
  if (begins || frame.kind === 'result' || frame.kind === 'error') exchange.decision = decision;
  return refuse(frame, decision, exchange);
}

/** A frame as it may be read. */
export interface Readable extends Bounded {
  /** Without its text. */
  readonly frame: Frame;
  /** Where masks have changed it. */
  readonly masked: ChangedPlaces;
}

/**
 * A frame that goes nowhere as it may be read in a transcript; undefined while nothing says what must be masked, and
 * where it can't be.
 */
export function readable(
  frame: Frame,
  exchange: Exchange,
  aside?: MaskAside,
): Readable | undefined | Promise<Readable | undefined> {
  const { decision, passing, carried, came } = exchange;
  if (!decision || carried.unmasked || (isOfServer(frame) && !passing)) return undefined;
  const how = howFor(exchange, masksFor(frame, exchange), true);
  const asItIs = how.masks.length === 0 && how.parts.length === 0;
  try {
    if (asItIs || !aside || !isLarge(frame, came)) {
      const shown = asItIs ? frame : maskedFrame(frame, how).frame;
      return { ...bounded(frameText(shown)), frame: shown, masked: changedIn(frame, shown) };
    }
    return maskAside(frame, exchange, how, aside).then(
      ({ frame: shown, changed, kept }) => kept && { ...kept, frame: shown, masked: changed },
      () => undefined,
    );
  } catch {
    // What can't be masked can't be read.
    return undefined;
  }
}

function changedIn(before: Frame, after: Frame): ChangedPlaces {
  return changedPlaces(before.message as unknown as Json, after.message as unknown as Json);
}

function noteMasked({ reports, tokens, changed }: Did, exchange: Exchange): void {
  exchange.carried = { ...exchange.carried, masked: { reports, tokens, changed } };
  const { places, more } = changed;
  const where = { places, ...(more > 0 ? { more } : {}) };
  exchange.note('masked', { masks: reports.map(reportDetail), ...where });
}

/** What a transcript says of one mask; never a value. */
function reportDetail({ rule, what, masker, count, places }: MaskReport): JsonObject {
  return { rule, what, with: masker, count, ...(places.length > 0 ? { places } : {}) };
}

/** A mask can change what a rule looks at, so what will be sent is judged as well. */
function judgeAgain(frame: RequestFrame, exchange: Exchange, catalog: ToolCatalog) {
  const { policies } = exchange.snapshot;
  const before = exchange.decision;
  if (!policies || !before) return forward(frame);
  const after = decideMessage(frame, exchange, policies, catalog);
  // Limits count what is sent.
  exchange.passing = after;
  if (after.effect === before.effect) return forward(frame);
  exchange.decision = { ...after, masks: before.masks };
  return after.effect === 'allow' ? forward(frame) : refuse(frame, exchange.decision, exchange);
}
