import { isObject } from '../../model/json.ts';
import type { Frame } from '../../model/message.ts';
import type { HiddenPlace } from '../../policy/explain/explain-hidden.ts';
import { ABSENT, type Value } from '../../policy/subject.ts';
import { argsOf, methodRow } from '../../protocol/methods.ts';
import type { RecordedCase } from '../recorded-case.ts';
import { knownParams, type MaskedPart } from './mask-effect.ts';

/** The message that began an exchange, for masks to look into; undefined where it carries nothing. */
export function messagePart(
  { direction, params, record }: RecordedCase,
  hidden: readonly HiddenPlace[],
): MaskedPart | undefined {
  if (!params) return undefined;
  const { method } = record;
  const message = { jsonrpc: '2.0', id: 0, method, params: knownParams(method, params) } as const;
  const { args } = methodRow(method);
  const at = args === undefined ? ['params'] : ['params', args];
  const places = hidden.flatMap(([root, next, ...rest]): HiddenPlace[] => {
    if (root === 'args') return [next === undefined ? at : [...at, next, ...rest]];
    return root === 'request' && next === 'meta' ? [['params', '_meta', ...rest]] : [];
  });
  const side = direction === 'up' ? 'args' : 'result';
  return { frame: { kind: 'request', direction, message }, side, hidden: places };
}

/** Its answer, the same way. */
export function answerPart({ answer, hiddenDown }: RecordedCase): MaskedPart | undefined {
  const frame = answerFrame(answer?.result ?? ABSENT, answer?.error ?? ABSENT);
  return frame && { frame, side: 'result', hidden: hiddenDown };
}

function answerFrame(result: Value, error: Value): Frame | undefined {
  const common = { jsonrpc: '2.0', id: 0 } as const;
  if (typeof result !== 'symbol' && isObject(result)) {
    return { kind: 'result', direction: 'down', message: { ...common, result } };
  }
  if (typeof error === 'symbol' || !isObject(error)) return undefined;
  const { code, message, data } = error;
  const told = { code: Number(code), message: String(message ?? '') };
  const whole = data === undefined ? told : { ...told, data };
  return { kind: 'error', direction: 'down', message: { ...common, error: whole } };
}

/** What policy is asked about a message that masks have changed. */
export function argsAfter(
  frame: Frame,
  method: string,
): { readonly args: Value; readonly meta: Value } {
  const { message } = frame;
  const params = 'params' in message ? message.params : undefined;
  return { args: argsOf(method, params) ?? ABSENT, meta: params?._meta ?? ABSENT };
}
