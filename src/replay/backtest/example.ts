import { isObject } from '../../model/json.ts';
import type { ExchangeRecord } from '../../model/transcript.ts';
import { argsOf } from '../../protocol/methods.ts';
import { messageIn } from '../recorded-exchange.ts';
import type { BacktestExample } from './tally.ts';

/** Characters of arguments, and of a target, in an example. */
const MAX_ARGS = 240;

/** An exchange by its names: what it carried is left out. */
export function exampleOf({ id, openedAt, sub, target }: Named): BacktestExample {
  return {
    ...{ exchange: id, at: openedAt },
    ...(sub === undefined ? {} : { sub }),
    ...(target === undefined ? {} : { target: target.slice(0, MAX_ARGS) }),
  };
}

interface Named extends Pick<ExchangeRecord, 'id' | 'openedAt'> {
  readonly sub?: string | undefined;
  readonly target?: string | undefined;
}

/**
 * The same with its arguments, as the transcript shows them.
 *
 * @param payload of its first step
 */
export function withArgs(
  example: BacktestExample,
  method: string,
  payload: string | undefined,
): BacktestExample {
  const params = messageIn(payload)?.params;
  const args = argsOf(method, isObject(params) ? params : undefined);
  const text = args === undefined ? undefined : JSON.stringify(args);
  const isLong = text !== undefined && text.length > MAX_ARGS;
  return {
    ...example,
    ...(text === undefined ? {} : { args: isLong ? `${text.slice(0, MAX_ARGS)}…` : text }),
  };
}
