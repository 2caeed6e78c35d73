import type { AskedCall } from '../../model/approval.ts';
import { digestOf } from '../../protocol/canonical.ts';
import { targetOf } from '../../protocol/methods.ts';

/** What an approval is bound to: the identical call of the same caller has the same one, and no other call. */
export function bindingOf({
  caller,
  upstream,
  method,
  target,
  args,
}: Pick<AskedCall, 'caller' | 'upstream' | 'method' | 'target' | 'args'>): string {
  const { kind } = targetOf(method, args);
  return digestOf([caller.issuer, caller.sub, upstream, method, kind, target, args]);
}
