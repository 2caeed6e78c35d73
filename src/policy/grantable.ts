import type { RevealCover } from '../mask/token/known-token.ts';
import { coverOf } from '../mask/token/reveal-cover.ts';
import type { PolicySet } from './policy-set.ts';

const known = new WeakMap<PolicySet, RevealCover>();

/**
 * What some rule of the policies reveals, whenever that holds. It is put back before anything is judged; conditions never
 * see what stands behind any other token, so nobody can learn of it by what they come to.
 */
export function grantable(policies: PolicySet): RevealCover {
  const before = known.get(policies);
  if (before) return before;
  const enforced = policies.rules.filter(({ mode }) => mode !== 'shadow');
  const cover = coverOf(enforced.flatMap(({ reveals }) => reveals.map(({ grant }) => grant)));
  known.set(policies, cover);
  return cover;
}
