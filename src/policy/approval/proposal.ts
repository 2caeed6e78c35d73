import type { ApprovalDemand, AskedCall } from '../../model/approval.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Position } from '../../model/position.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { hasWildcard } from '../glob.ts';
import type { TargetKind } from '../subject.ts';
import { boundsOf } from './bounds-of.ts';
import { writtenCondition } from './written-condition.ts';
import { yamlLines } from './yaml-lines.ts';

/** Groups that the caller's others aren't named beside. */
const MOST_GROUPS = 20;

/** What a proposal is made of. */
export interface ProposalOptions {
  readonly call: Pick<AskedCall, 'caller' | 'upstream' | 'method' | 'target'>;
  /** Arguments of the call as conditions on `args.*` see them. */
  readonly args: Json;
  readonly demands: readonly Pick<ApprovalDemand, 'rule' | 'at'>[];
  /** The rules in force. */
  readonly rules: readonly CompiledRule[];
}

/** A change of policy by which a call like one that was asked about goes on without being asked about. */
export interface Proposal {
  /** A document with a rule that allows it. */
  readonly document: JsonObject;
  /** The rules that asked, each with a condition that makes an exception of it. */
  readonly exceptions: readonly Exception[];
  /** All of it as YAML: the document, and the exceptions as comments, to be taken over by hand. */
  readonly yaml: string;
}

export interface Exception {
  readonly rule: string;
  readonly at: Position;
  /** Its whole new condition; undefined where only what to add to it can be written. */
  readonly when: JsonObject | undefined;
  /** It masks, reveals or limits as well, which the exception puts an end to. */
  readonly doesMore: boolean;
}

/**
 * Proposes policy for a call that was asked about: one rule for this caller and exactly these arguments, and for each
 * rule that asked an exception as narrow. Nothing of it is in force; a person reads it, widens it and takes it over.
 *
 * @returns undefined where the call's arguments can't be written as a condition (boundsOf)
 */
export function proposalOf({ call, args, demands, rules }: ProposalOptions): Proposal | undefined {
  const bounds = boundsOf(args, { lengths: true });
  if (!bounds) return undefined;
  const kind = kindOf(call.method);
  const own = conditionFor(call, bounds);
  const id = freeId(`approved-${call.target}-${call.caller.sub}`, rules);
  const rule = { id, on: { [kind]: [call.target] }, when: own, then: 'allow' };
  const document = { apiVersion: 'sallyport/v1', upstreams: [call.upstream], rules: [rule] };
  // An exception says what "upstreams" and "on" say of the rule.
  const exact = {
    'request.upstream': { eq: call.upstream },
    'request.method': { eq: call.method },
    'target.name': { eq: call.target },
    ...own,
  };
  const exceptions = demands.map((demand) => exceptionTo(demand, rules, exact));
  const yaml = textOf({ call, document, exceptions, exact, rules });
  return { document, exceptions, yaml };
}

const kinds: Readonly<Record<string, TargetKind>> = {
  'tools/call': 'tools',
  'resources/read': 'resources',
  'prompts/get': 'prompts',
};

function kindOf(method: string): TargetKind {
  return (Object.hasOwn(kinds, method) && kinds[method]) || 'methods';
}

function conditionFor(
  { caller, upstream, target }: ProposalOptions['call'],
  bounds: JsonObject,
): JsonObject {
  return {
    'identity.issuer': { eq: caller.issuer },
    'identity.sub': { eq: caller.sub },
    ...(hasWildcard(upstream) ? { 'request.upstream': { eq: upstream } } : {}),
    ...(hasWildcard(target) ? { 'target.name': { eq: target } } : {}),
    ...bounds,
  };
}

function exceptionTo(
  { rule: id, at }: Pick<ApprovalDemand, 'rule' | 'at'>,
  rules: readonly CompiledRule[],
  exact: JsonObject,
): Exception {
  const rule = rules.find((one) => one.id === id);
  const doesMore = rule ? rule.masks.length + rule.reveals.length + rule.limits.length > 0 : false;
  const not = { not: exact };
  const before = rule?.when && writtenCondition(rule.when);
  const isKnown = rule && (!rule.when || before);
  const after = before ? { all: [before, not] } : not;
  return { rule: id, at: rule?.at ?? at, when: isKnown ? after : undefined, doesMore };
}

/** An id of the rules' own making that none of them has. */
function freeId(text: string, rules: readonly CompiledRule[]): string {
  const taken = new Set(rules.map(({ id }) => id));
  const base = text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 72);
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  return id;
}

interface Parts extends Pick<Proposal, 'document' | 'exceptions'> {
  readonly call: ProposalOptions['call'];
  readonly exact: JsonObject;
  readonly rules: readonly CompiledRule[];
}

function textOf({ call, document, exceptions, exact, rules }: Parts): string {
  const groups = call.caller.groups ?? [];
  const head = [
    'A rule for calls like this one, as narrow as can be. It changes nothing until it is in a policy file.',
    ...(groups.length > 0
      ? [`The caller is in these groups: ${groups.slice(0, MOST_GROUPS).map(plain).join(', ')}.`]
      : []),
    ...(rules.some(masksArguments)
      ? [
          'The values are as the approver sees them. Where a mask has changed one, the rule does not match',
          'until its condition says what the caller sends.',
        ]
      : []),
  ];
  const rest = exceptions.flatMap((exception) => ['', ...exceptionLines(exception, exact)]);
  return [...head.map(comment), ...yamlLines(document), ...rest.map(comment), ''].join('\n');
}

function exceptionLines({ rule, at, when, doesMore }: Exception, exact: JsonObject): string[] {
  const where = `Rule ${rule} (${plain(at.file)}:${at.line}) asks for approval, which comes before any rule that allows.`;
  const more = doesMore
    ? [
        'Its masks, reveals and limits end for these calls as well: give the new rule those that it needs.',
      ]
    : [];
  const [what, lines] = when
    ? ['Its condition with an exception for these calls:', yamlLines({ when })]
    : ['Add to all that its condition asks:', yamlLines([{ not: exact }])];
  return [where, what, ...more, ...lines.map((line) => `  ${line}`)];
}

function masksArguments({ masks }: CompiledRule): boolean {
  return masks.some(({ sides }) => sides.includes('args'));
}

function comment(line: string): string {
  return line === '' ? '#' : `# ${line}`;
}

/** A comment ends where its line does, so that no name can end it. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
