import { applyMasks, type MaskHow } from '../../mask/mask.ts';
import type { RevealCover, Step } from '../../mask/token/known-token.ts';
import { type RevealedValue, revealTokens } from '../../mask/token/reveal.ts';
import { coverOf } from '../../mask/token/reveal-cover.ts';
import type { Decision } from '../../model/decision.ts';
import { isList, isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { judgeInRounds, stops } from '../reveal-rounds.ts';
import type { CaseTokens } from './parse-tokens.ts';

/** A call as it was judged, and what is sent of it. */
export interface Judged {
  readonly decision: Decision;
  /** Arguments with the values that were put back, before masks. */
  readonly shown: JsonObject;
  /** Arguments as transcripts and approvers have them: masked, with the tokens. */
  readonly recorded: Json;
  /** Arguments as the upstream gets them. */
  readonly sent: Json;
  /** What was put back, for what comes back of it. */
  readonly given: RevealedValue['revealed'];
}

/** How calls are judged. */
export interface RevealJudge {
  /** What any rule could let be put back. */
  readonly grantable: RevealCover;
  readonly judge: (args: JsonObject) => Decision;
}

/**
 * Judges a call as the gate does: by what will be sent of it. All tokens that some rule reveals are put back first, and of those that no grant
 * covers, or that a mask would change, the call is judged anew as they are.
 */
export function judgeRevealed(
  args: JsonObject,
  tokens: CaseTokens,
  how: MaskHow,
  { grantable, judge }: RevealJudge,
): Judged {
  let covers = grantable;
  const settled = judgeInRounds({
    reveal: () => {
      const { value, revealed } = reveal(args, tokens, covers);
      return { shown: asObject(value), count: countOf(revealed) };
    },
    judge,
    narrow: (decision) => {
      const { reveals = [] } = decision;
      covers = narrowed(args, tokens, [covers, coverOf(reveals)], decision, how);
    },
  });
  const isPutBack = settled !== undefined && !stops(settled);
  return result(args, tokens, isPutBack ? covers : () => false, settled ?? judge(args), how);
}

function result(
  args: JsonObject,
  tokens: CaseTokens,
  covers: RevealCover,
  decision: Decision,
  how: MaskHow,
): Judged {
  const recorded = masked(args, decision, how);
  const { value, revealed } = reveal(recorded, tokens, covers);
  const shown = asObject(reveal(args, tokens, covers).value);
  return { decision, shown, recorded, sent: value, given: revealed };
}

/** Where masks would change what is put back, tokens stay. */
function narrowed(
  args: JsonObject,
  tokens: CaseTokens,
  covers: readonly RevealCover[],
  decision: Decision,
  how: MaskHow,
): RevealCover {
  const all: RevealCover = (known, path) => covers.every((cover) => cover(known, path));
  const shown = reveal(masked(args, decision, how), tokens, all);
  const twice = masked(asObject(shown.value), decision, how);
  const hidden = shown.places.filter((path) => at(twice, path) !== at(shown.value, path));
  return (known, path) => {
    return all(known, path) && !hidden.some((place) => place.every((step, i) => step === path[i]));
  };
}

function reveal(args: Json, tokens: CaseTokens, covers: RevealCover): RevealedValue {
  return revealTokens(args, (token) => tokens.get(token), covers);
}

function masked(args: JsonObject, { masks }: Decision, how: MaskHow): Json {
  const { value } = applyMasks({ arguments: args }, masks, { ...how, side: 'args' });
  return (isObject(value) ? member(value, 'arguments') : undefined) ?? {};
}

function countOf(revealed: RevealedValue['revealed']): number {
  return revealed.reduce((sum, { count }) => sum + count, 0);
}

function at(value: Json, path: readonly Step[]): Json | undefined {
  let here: Json | undefined = value;
  for (const step of path) {
    if (isList(here)) here = typeof step === 'number' ? here[step] : undefined;
    else here = isObject(here) ? member(here, String(step)) : undefined;
  }
  return here;
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}
