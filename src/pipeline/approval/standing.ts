import type { Approval, AskedCall, StandingGrant } from '../../model/approval.ts';
import { GateError } from '../../model/errors.ts';
import { type JsonObject, parseJson } from '../../model/json.ts';
import { remember } from '../../model/remember.ts';
import { spanText } from '../../model/span-text.ts';
import { compileBounds } from '../../policy/bounds.ts';
import { canonical } from '../../protocol/canonical.ts';
import { argumentsOf } from './asked-params.ts';

/** What somebody asks for who approves calls alike. */
type Asked = { readonly for: number; readonly when: StandingGrant['when'] };

/** Bounds by their JSON text. They are looked at for each call that they may be for. */
const boundsOf = remember((text) => compileBounds(parseJson(text) as JsonObject));

/**
 * Makes sure that the rules let somebody approve calls alike, for so long, and that the call is one of them.
 *
 * @throws GateError APPROVAL_STANDING
 */
export function checkStanding(
  { demands, call }: Pick<Approval, 'demands' | 'call'>,
  verdict: {
    readonly verdict: string;
    readonly breakGlass?: boolean;
    readonly standing?: Asked | undefined;
  },
): void {
  const { standing } = verdict;
  if (!standing) return;
  const most = Math.min(...demands.map(({ standing = 0 }) => standing));
  if (verdict.verdict !== 'approve' || verdict.breakGlass || most <= 0) {
    throw refused('each of these calls is approved by itself');
  }
  if (!Number.isSafeInteger(standing.for) || standing.for <= 0 || standing.for > most) {
    throw refused(`calls alike are approved for ${spanText(most)} at most`);
  }
  const bounds = boundsOf(canonical(standing.when));
  if ('problems' in bounds) {
    // They repeat what was written: a hint is shown, and not logged.
    const hint = bounds.problems.join('; ');
    throw refused('"when" is no condition on the arguments', hint);
  }
  if (!bounds.holds(argumentsOf(call))) {
    throw refused('"when" does not hold for the call that was asked about');
  }
}

function refused(message: string, hint?: string): GateError {
  return new GateError('APPROVAL_STANDING', message, hint === undefined ? {} : { hint });
}

/** The grant for calls alike that all who have said yes agree about; undefined where they don't. */
export function standingFrom(
  { ballots, demands }: Pick<Approval, 'ballots' | 'demands'>,
  now: number,
): StandingGrant | undefined {
  const yes = ballots.filter(({ verdict }) => verdict === 'approve');
  const asked = yes.flatMap(({ standing }) => standing ?? []);
  const [first] = asked;
  if (!first || asked.length < yes.length) return undefined;
  const text = canonical(first.when);
  if (!asked.every(({ when }) => canonical(when) === text)) return undefined;
  const most = demands.map(({ standing = 0 }) => standing);
  const span = Math.min(...asked.map((one) => one.for), ...most);
  return span > 0 ? { when: first.when, until: now + span, calls: 0 } : undefined;
}

/**
 * True where a grant for calls alike is for a call: by the same caller and client, and nothing but bounds may differ.
 *
 * @param goesOn it goes on with a call that was made by the grant, whose upstream has asked for more
 */
export function covers(
  { call: approved, standing }: Approval,
  call: AskedCall,
  goesOn: boolean,
): boolean {
  const fixed = (one: AskedCall) => canonical(fixedOf(one, goesOn));
  if (!standing || fixed(approved) !== fixed(call)) return false;
  const bounds = boundsOf(canonical(standing.when));
  return 'holds' in bounds && bounds.holds(argumentsOf(call));
}

/** What a call alike has in common. Answers belong to it only where its upstream has asked. */
function fixedOf(
  { caller, upstream, method, target, args }: AskedCall,
  goesOn: boolean,
): JsonObject {
  const { arguments: _, inputResponses, ...others } = args;
  const rest = goesOn || inputResponses === undefined ? others : { ...others, inputResponses };
  const { issuer, sub, client = null, actor = null } = caller;
  return { issuer, sub, client, actor, upstream, method, target, rest };
}
