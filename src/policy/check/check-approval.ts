import { defaultApproval } from '../approval/demand-of.ts';
import type { ApprovalSpec, Condition, OperatorUse } from '../ast.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import type { Report } from './report.ts';

/** Warns of approvals that nobody can give, or that ask nobody but the caller. */
export function checkApproval(rule: CompiledRule, report: Report): void {
  const { id, then, approval = defaultApproval } = rule;
  if (then !== 'approve') return;
  if (approval.by.length === 0) {
    const hint = 'add approval: { by: [group:…] }';
    const message = `rule "${id}" names nobody, so it asks whoever has the role approver`;
    report('NO_APPROVER', rule, message, { hint });
  }
  checkBreakGlass(rule, approval, report);
  const callers = callersOf(rule.when);
  checkReachable(rule, approval, callers, report);
  checkAlone(rule, approval, callers, report);
}

/** Whoever may approve their own calls anyway needs no break glass. */
function checkBreakGlass(rule: CompiledRule, approval: ApprovalSpec, report: Report): void {
  const { by, quorum, notSelf, breakGlass, reasonRequired } = approval;
  if (breakGlass.length === 0 || notSelf || quorum > 1 || reasonRequired) return;
  if (!breakGlass.every((one) => by.includes(one))) return;
  const message = `rule "${rule.id}" lets those in "break_glass" approve their own calls anyway`;
  report('BREAK_GLASS_UNUSED', rule, message, { hint: 'remove not_self: false, or break_glass' });
}

/** Where the rule is for some people alone, and names people, whether enough of them are left for each caller. */
function checkReachable(
  rule: CompiledRule,
  { by, quorum, notSelf, breakGlass }: ApprovalSpec,
  callers: Callers,
  report: Report,
): void {
  if (!notSelf || by.length === 0 || !by.every((one) => one.startsWith('user:'))) return;
  const stuck = callers.people?.find((caller) => {
    if (breakGlass.some((one) => one === caller || one.startsWith('group:'))) return false;
    return by.filter((one) => one !== caller).length < quorum;
  });
  if (stuck === undefined) return;
  const who = stuck.slice('user:'.length);
  const message = `rule "${rule.id}" can't be satisfied for "${who}", who may not approve their own calls`;
  report('UNAPPROVABLE', rule, message, { hint: 'name more people, or a group' });
}

/** Whether every caller that the rule is for can say yes alone, so that it asks no second person. */
function checkAlone(
  rule: CompiledRule,
  { by, quorum, notSelf, breakGlass }: ApprovalSpec,
  { people, groups }: Callers,
  report: Report,
): void {
  const all = (named: readonly string[]) =>
    (people?.every((one) => named.includes(one)) ?? false) ||
    groups.some((one) => named.includes(one));
  const ways = [
    ...(!notSelf && quorum === 1 && all(by) ? ['not_self: false'] : []),
    ...(all(breakGlass) ? ['break_glass'] : []),
  ];
  if (ways.length === 0) return;
  const message = `by ${ways.join(' and ')}, everybody whom rule "${rule.id}" is for can approve their own calls alone`;
  report('APPROVED_ALONE', rule, message, { hint: 'name fewer people than may call' });
}

/** Whom a condition lets a rule be for. */
interface Callers {
  /** All of them, as `user:SUB`; undefined where it isn't a list of people. */
  readonly people: readonly string[] | undefined;
  /** Groups that all of them have, as `group:NAME`. */
  readonly groups: readonly string[];
}

function callersOf(when: Condition | undefined): Callers {
  const uses = usesThatMustHold(when);
  const subs = uses.filter(({ path }) => path === 'identity.sub').flatMap(({ use }) => [use]);
  const people = subs.map(textsOf).find((texts) => texts.length > 0);
  const groups = uses.flatMap(({ path, use }) => {
    if (path !== 'identity.groups' || use.operator !== 'contains') return [];
    return textOf(use.operand) ?? [];
  });
  return {
    people: people?.map((sub) => `user:${sub}`),
    groups: groups.map((group) => `group:${group}`),
  };
}

function usesThatMustHold(condition: Condition | undefined): { path: string; use: OperatorUse }[] {
  if (condition?.kind === 'all') return condition.of.flatMap(usesThatMustHold);
  if (condition?.kind !== 'test') return [];
  return condition.uses.map((use) => ({ path: condition.path.map(String).join('.'), use }));
}

/** Texts that an `eq` or `in` compares with; none for any other operator. */
function textsOf({ operator, operand }: OperatorUse): readonly string[] {
  if (operator === 'eq') return textOf(operand) ?? [];
  if (operator !== 'in' || operand.kind !== 'list') return [];
  return operand.items.flatMap((item) => textOf(item) ?? []);
}

function textOf(operand: OperatorUse['operand']): readonly [string] | undefined {
  if (operand.kind !== 'scalar' || typeof operand.value !== 'string') return undefined;
  return [operand.value];
}
