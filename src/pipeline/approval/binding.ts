import type { AskedCall } from '../../model/approval.ts';
import { digestOf } from '../../protocol/canonical.ts';
import { targetOf } from '../../protocol/methods.ts';

/**
 * What an approval is bound to: the identical call of the same caller, by the same client and whoever acts for them, has
 * the same one, and no other call.
 */
export function bindingOf({
  caller,
  upstream,
  method,
  target,
  args,
}: Pick<AskedCall, 'caller' | 'upstream' | 'method' | 'target' | 'args'>): string {
  const { kind } = targetOf(method, args);
  const { issuer, sub, client = null, actor = null } = caller;
  return digestOf([issuer, sub, client, actor, upstream, method, kind, target, args]);
}
