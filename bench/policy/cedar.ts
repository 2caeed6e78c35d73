import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { Engine } from './engine.ts';
import type { PlainRule } from './rules.ts';

/** Cedar, with the policies parsed beforehand and groups as parents of the principal, as it is meant to be used. */
export const cedar: Engine = {
  name: 'cedar-wasm',
  most: 10_000,
  load(rules) {
    const staticPolicies = Object.fromEntries(rules.map((rule) => [rule.id, textOf(rule)]));
    const parsed = preparsePolicySet('bench', { staticPolicies });
    if (parsed.type === 'failure') throw new Error(JSON.stringify(parsed.errors));
    return ({ tool, groups, args }) => {
      const principal = { type: 'User', id: 'ana' };
      const resource = { type: 'Tool', id: tool };
      const parents = groups.map((id) => ({ type: 'Group', id }));
      const call = {
        principal,
        action: { type: 'Action', id: 'call' },
        resource,
        context: { ...args },
        preparsedPolicySetId: 'bench',
        entities: [{ uid: principal, attrs: {}, parents }],
      };
      return () => {
        const answer = statefulIsAuthorized(call);
        if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
        return answer.response.decision === 'allow' ? 'allow' : 'block';
      };
    };
  },
};

function textOf({ tool, group, tenant, limit, effect }: PlainRule): string {
  const principal = group === undefined ? 'principal' : `principal in Group::"${group}"`;
  const ofTenant = tenant === undefined ? '' : `context.tenant == "${tenant}" && `;
  return (
    `${effect === 'allow' ? 'permit' : 'forbid'}(${principal}, action == Action::"call", ` +
    `resource == Tool::"${tool}") when { ${ofTenant}context.limit <= ${limit} && ` +
    `context.sql like "select*" };`
  );
}
