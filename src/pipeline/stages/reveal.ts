import type { KnownToken, TokenLookup } from '../../mask/token/known-token.ts';
import { messageOf } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { Log } from '../../model/seams.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { revealed, tokensIn } from '../token/token-reveal.ts';
import type { TokenVault } from '../token/token-vault.ts';
import { blockFor, decisionDetail, refuse } from './decide.ts';

/** Tokens of one message that are looked up, and characters of all that they stand for. */
const MAX_TOKENS = 256;
const MAX_CHARACTERS = 32_768;
/** Characters that are put back, as often as a token is there. */
const MAX_PUT_BACK = 1_048_576;
/** Tokens that a transcript names. */
const MAX_NAMED = 100;

type Known = ReadonlyMap<string, KnownToken | 'expired'>;

/** Looks up what the tokens in a message on its way up stand for, all at once, before it is judged. */
export function lookUpTokens(vault: TokenVault | undefined, log: Log): Stage {
  return (frame, exchange) => {
    const { policies } = exchange.snapshot;
    if (!vault || frame.direction !== 'up' || !policies || !maysReveal(policies)) {
      return forward(frame);
    }
    const { found, more } = tokensIn(frame, exchange, MAX_TOKENS);
    if (found.size === 0) return forward(frame);
    const go = (known: Known): Verdict => {
      if (exchange.closed) return OVER;
      const lookup = bounded(found, known, more);
      exchange.carried = { ...exchange.carried, tokens: { lookup, units: new Map() } };
      return forward(frame);
    };
    const failed = (error: unknown) => unknown(frame, exchange, log, error);
    try {
      const known = vault.look(exchange.masking.owner, [...found.keys()]);
      return known instanceof Promise ? known.then(go, failed) : go(known);
    } catch (error) {
      return failed(error);
    }
  };
}

const OVER: Verdict = { kind: 'drop', reason: 'the call was over before its tokens were known' };

const policiesThatReveal = new WeakMap<PolicySet, boolean>();

function maysReveal(policies: PolicySet): boolean {
  const before = policiesThatReveal.get(policies);
  if (before !== undefined) return before;
  const some = policies.rules.some(({ reveals }) => reveals.length > 0);
  policiesThatReveal.set(policies, some);
  return some;
}

/** The first of them, as far as what they stand for is not too much. */
function bounded(tokens: ReadonlyMap<string, number>, known: Known, more: boolean): TokenLookup {
  const found = new Map<string, KnownToken | 'expired' | 'too many'>();
  let [characters, all] = [0, 0];
  for (const [token, count] of tokens) {
    const one = known.get(token);
    if (one !== undefined && one !== 'expired') {
      const { length } = JSON.stringify(one.value);
      characters += length;
      all += length * count;
      const fits = characters <= MAX_CHARACTERS && all <= MAX_PUT_BACK;
      found.set(token, fits ? one : 'too many');
    } else if (one) found.set(token, one);
  }
  return (token) => found.get(token) ?? (more && !tokens.has(token) ? 'too many' : undefined);
}

/** What it would say to the upstream is not known, so it doesn't go on. */
function unknown(frame: Frame, exchange: Exchange, log: Log, error: unknown): Verdict {
  const code = 'TOKENS_UNAVAILABLE';
  log.error({ code, exchange: exchange.id, cause: messageOf(error) }, 'tokens cannot be looked up');
  const decision = blockFor('the tokens in it cannot be looked up now');
  exchange.note('decided', { ...decisionDetail(decision), code });
  return refuse(frame, decision, exchange);
}

/** Says in the transcript which tokens are put back for the upstream, and which stay and why; never a value. */
export const noteTokens: Stage = (frame, exchange) => {
  if (!exchange.carried.tokens) return forward(frame);
  const { tokens, kept } = revealed(frame, exchange);
  const names = tokens.map(({ token }) => token);
  const others = Map.groupBy(kept, ({ why }) => why);
  const stay = [...others].map(([why, some]) => {
    return [why, some.slice(0, MAX_NAMED).map(({ token }) => token)];
  });
  const detail = {
    what: 'tokens',
    count: tokens.reduce((sum, { count }) => sum + count, 0),
    tokens: { revealed: names.slice(0, MAX_NAMED), ...Object.fromEntries(stay) },
  };
  if (names.length + kept.length > 0) exchange.note('masked', detail);
  return forward(frame);
};
