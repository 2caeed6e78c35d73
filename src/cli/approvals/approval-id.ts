import { GateError } from '../../model/errors.ts';
import { seeHelp } from '../report.ts';

/**
 * The one word that a verb takes.
 *
 * @throws GateError USAGE
 */
export function approvalId(words: readonly string[], verb: string): string {
  const [id, ...more] = words;
  if (id !== undefined && id !== '' && more.length === 0) return id;
  throw new GateError('USAGE', `"${verb}" needs the id of one approval`, { hint: seeHelp(verb) });
}
