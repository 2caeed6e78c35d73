import { isAnalyzerName } from '../../mask/analyzer-name.ts';
import { applyMasks } from '../../mask/mask.ts';
import type { KnownToken, RevealCover, Step, TokenLookup } from '../../mask/token/known-token.ts';
import {
  type KeptToken,
  type RevealedToken,
  type RevealedValue,
  revealTokens,
} from '../../mask/token/reveal.ts';
import { coverOf } from '../../mask/token/reveal-cover.ts';
import type { Decision, MaskObligation } from '../../model/decision.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { Frame } from '../../model/message.ts';
import { grantable } from '../../policy/grantable.ts';
import { judgeInRounds } from '../../policy/reveal-rounds.ts';
import { type UnitReveals, valueAt, withValueAt } from '../carried.ts';
import type { Exchange } from '../exchange.ts';
import { bodyOf, withBody } from '../frame-body.ts';
import { type TokenUnit, tokenUnits } from './token-units.ts';

const NONE: UnitReveals = { covers: [() => false], hidden: new Set() };

/** A frame with what tokens stand for. */
export interface Revealed {
  readonly frame: Frame;
  readonly tokens: readonly RevealedToken[];
  readonly kept: readonly KeptToken[];
}

/**
 * Judges a part of a message by what will be sent of it. At first all of the caller's own tokens are put back that some
 * grant of the policy covers; those that no grant of the judgement covers, or that masks would change, become tokens again, and it is judged anew, until the grants
 * that come with a judgement are for just what was judged. What is put back only ever becomes less.
 */
export function judgeRevealed(
  name: string,
  frame: Frame,
  exchange: Exchange,
  judge: (shown: Frame) => Decision,
): Decision {
  const unit = exchange.carried.tokens && unitNamed(name, frame, exchange);
  if (!unit) return judge(frame);
  const settled = judgeInRounds({
    reveal: () => {
      const shown = revealUnit(unit, frame, exchange, mostOf(exchange));
      return { shown: shown.frame, count: countOf(shown) };
    },
    judge,
    narrow: (decision) => narrow(unit, frame, exchange, decision),
  });
  if (settled) return settled;
  put(unit, NONE, exchange);
  return judge(frame);
}

/** What is put back before anything is judged. */
function mostOf({ snapshot: { policies } }: Exchange): UnitReveals {
  return policies ? { covers: [grantable(policies)], hidden: new Set() } : NONE;
}

/** A message as it may be sent up: what was judged to be put back is. */
export function revealed(frame: Frame, exchange: Exchange): Revealed {
  const tokens = new Map<string, RevealedToken>();
  const kept = new Map<string, KeptToken>();
  let shown = frame;
  for (const unit of exchange.carried.tokens ? tokenUnits(frame, exchange) : []) {
    const one = revealUnit(unit, shown, exchange, NONE);
    shown = one.frame;
    for (const known of one.tokens) tokens.set(known.token, known);
    for (const other of one.kept) kept.set(other.token, other);
  }
  return { frame: shown, tokens: [...tokens.values()], kept: [...kept.values()] };
}

/** Token-shaped texts where tokens can be put back, and how often each is there: the first of them, up to a bound. */
export function tokensIn(
  frame: Frame,
  exchange: Exchange,
  most: number,
): { readonly found: ReadonlyMap<string, number>; readonly more: boolean } {
  const found = new Map<string, number>();
  let more = false;
  const note: TokenLookup = (token) => {
    const count = found.get(token) ?? 0;
    if (count > 0 || found.size < most) found.set(token, count + 1);
    else more = true;
    return undefined;
  };
  const body = bodyOf(frame) ?? {};
  for (const { at, places } of tokenUnits(frame, exchange)) {
    for (const place of places) {
      const value = valueAt(body, [...at, ...place]);
      if (value !== undefined) revealTokens(value, note, []);
    }
  }
  return { found, more };
}

function unitNamed(name: string, frame: Frame, exchange: Exchange): TokenUnit | undefined {
  return tokenUnits(frame, exchange).find((unit) => unit.name === name);
}

function put(unit: TokenUnit, reveals: UnitReveals, exchange: Exchange): void {
  const { tokens } = exchange.carried;
  if (!tokens) return;
  const units = new Map(tokens.units).set(unit.name, reveals);
  exchange.carried = { ...exchange.carried, tokens: { ...tokens, units } };
}

/** @param unjudged what is put back of a part that has not been judged */
function revealUnit(
  unit: TokenUnit,
  frame: Frame,
  exchange: Exchange,
  unjudged: UnitReveals,
): Revealed {
  const { tokens } = exchange.carried;
  const whole = bodyOf(frame) ?? {};
  const body = valueAt(whole, unit.at);
  if (!tokens || body === undefined) return { frame, tokens: [], kept: [] };
  const reveals = tokens.units.get(unit.name) ?? unjudged;
  const shown = revealBody(body, unit, tokens.lookup, reveals);
  if (shown.value === body || frame.kind === 'error') return { ...shown, frame };
  const changed = withValueAt(whole, unit.at, shown.value);
  return { ...shown, frame: withBody(frame, isObject(changed) ? changed : {}) };
}

function revealBody(
  body: Json,
  { places, base }: TokenUnit,
  lookup: TokenLookup,
  { covers, hidden }: UnitReveals,
): RevealedValue & { readonly tokens: readonly RevealedToken[] } {
  let value = body;
  const done: RevealedValue[] = [];
  for (const place of places) {
    const before = valueAt(value, place);
    if (before === undefined) continue;
    const one = revealTokens(before, lookup, (known, below) => {
      const path = [...place, ...below];
      return isShown(path, hidden) && coveredBy(covers, known, path.slice(base?.length ?? 0));
    });
    done.push({ ...one, places: one.places.map((below) => [...place, ...below]) });
    if (one.value !== before) value = withValueAt(value, place, one.value);
  }
  const tokens = done.flatMap(({ revealed }) => revealed);
  const kept = done.flatMap((one) => one.kept);
  return { value, revealed: tokens, tokens, kept, places: done.flatMap(({ places }) => places) };
}

function coveredBy(covers: readonly RevealCover[], known: KnownToken, path: readonly Step[]) {
  return covers.every((cover) => cover(known, path));
}

function isShown(path: readonly Step[], hidden: ReadonlySet<string>): boolean {
  if (hidden.size === 0) return true;
  return path.every((_, i) => !hidden.has(keyOf(path.slice(0, i + 1))));
}

/** From here on only what a decision's grants cover, and its masks leave alone, is put back. */
function narrow(unit: TokenUnit, frame: Frame, exchange: Exchange, decision: Decision): void {
  const { tokens } = exchange.carried;
  if (!tokens) return;
  const { covers, hidden } = tokens.units.get(unit.name) ?? mostOf(exchange);
  const grants = (decision.reveals ?? []).filter(({ path }) => unit.base || path === undefined);
  const reveals = { covers: [...covers, coverOf(grants)], hidden };
  // On what a message carries inside, the masks of the message are due as well.
  const all = [exchange.decision, exchange.passing, decision].flatMap((one) => one?.masks ?? []);
  const masks = [...new Set(all)];
  const masked = maskedPlaces(unit, frame, exchange, masks, reveals);
  put(unit, { ...reveals, hidden: new Set([...hidden, ...masked.map(keyOf)]) }, exchange);
}

/** The texts in which masks would change something, were tokens put back: there they stay. */
function maskedPlaces(
  unit: TokenUnit,
  frame: Frame,
  { carried: { tokens }, masking }: Exchange,
  masks: readonly MaskObligation[],
  reveals: UnitReveals,
): readonly (readonly Step[])[] {
  const due = masks.filter(({ sides }) => sides.includes('args'));
  const body = valueAt(bodyOf(frame) ?? {}, unit.at);
  if (!tokens || due.length === 0 || body === undefined) return [];
  const { place, base } = unit;
  const how = { place, side: 'args', base, context: masking } as const;
  // A mask of a path may have brought the very token that the value there has, should the caller send that as well.
  const bare = applyMasks(body, due, how).value;
  const shown = revealBody(bare, unit, tokens.lookup, reveals);
  if (shown.tokens.length === 0) return [];
  // An analyzer would have to be asked about what it has never seen.
  const isForeign = due.some(({ target }) => 'find' in target && target.find.some(isAnalyzerName));
  if (isForeign) return shown.places;
  const twice = applyMasks(shown.value, due, how).value;
  return shown.places.filter((path) => valueAt(twice, path) !== valueAt(shown.value, path));
}

function countOf({ tokens }: Revealed): number {
  return tokens.reduce((sum, { count }) => sum + count, 0);
}

function keyOf(path: readonly Step[]): string {
  return JSON.stringify(path);
}
