import type { MaskObligation, MaskSide, PathSegment } from '../model/decision.ts';
import { isList, isObject, type Json } from '../model/json.ts';
import type { Detector } from './detector.ts';
import type { MaskContext } from './mask-context.ts';
import { planOf } from './mask-plan.ts';
import type { MaskReport } from './mask-report.ts';
import { REMOVED } from './masker.ts';
import { StrictestMasker } from './maskers/strictest-masker.ts';
import type { Place } from './place/place.ts';
import { type Minted, TokenMint } from './token/token-mint.ts';
import { Applier } from './walk/applier.ts';
import { Echo } from './walk/echo.ts';
import { Tally } from './walk/tally.ts';
import { TextFinder } from './walk/text-finder.ts';
import { Walk } from './walk/walk.ts';

export type { MaskReport } from './mask-report.ts';

export interface Masked {
  /** The masked copy, or the same value where nothing was found. */
  readonly value: Json;
  readonly reports: readonly MaskReport[];
  /** Tokens that stand for what was there. They mean nothing until they are kept. */
  readonly tokens: readonly Minted[];
}

/** What masks are applied to, and with what. */
export interface MaskHow {
  /** Where data sits in the value. */
  readonly place: Place;
  readonly side: MaskSide;
  /** Where in the value the paths of masks begin; left out: at its root. */
  readonly base?: readonly PathSegment[] | undefined;
  readonly context: MaskContext;
  /** Detectors beside those that are built in, such as what an analyzer has found in these very texts. */
  readonly found?: ReadonlyMap<string, Detector>;
}

/**
 * Applies every mask of one side to a value, in one walk over it.
 *
 * Neither the order of masks nor that of rules makes a difference. Where several have to do with the same value, or find
 * stretches of text that overlap, the strictest masks all of it.
 */
export function applyMasks(value: Json, masks: readonly MaskObligation[], how: MaskHow): Masked {
  const due = masks.filter((mask) => mask.sides.includes(how.side));
  if (due.length === 0) return { value, reports: [], tokens: [] };
  const plan = planOf(due, how.base ?? [], how.found);
  const mint = new TokenMint(how.context);
  const tally = new Tally();
  const echo = new Echo();
  const applier = new Applier(new StrictestMasker(how.context, mint, plan.findable), tally);
  const finder = new TextFinder(plan, echo);
  const masked = new Walk({ plan, applier, finder, tally, echo }).root(value, how.place);
  const left = masked === REMOVED ? emptied(value) : masked;
  return { value: left, reports: tally.reports(), tokens: mint.minted };
}

/** There is nothing that all of a message could be removed from. */
function emptied(value: Json): Json {
  if (isList(value)) return [];
  return isObject(value) ? {} : '';
}
