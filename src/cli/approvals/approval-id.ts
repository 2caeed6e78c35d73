import { GateError } from '../../model/errors.ts';
import { visible } from '../../model/visible.ts';
import { seeHelp } from '../report.ts';

/** All ids of approvals are UUIDs (RFC 9562). */
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The one word that a verb takes.
 *
 * @throws GateError USAGE
 */
export function approvalId(words: readonly string[], verb: string): string {
  const [id, ...more] = words;
  if (id !== undefined && id !== '' && more.length === 0) {
    if (ID.test(id)) return id;
    const hint = 'it is the whole of what "sallyport approvals list" prints first in a line';
    throw new GateError('USAGE', `"${visible(id)}" is no id of an approval`, { hint });
  }
  throw new GateError('USAGE', `"${verb}" needs the id of one approval`, { hint: seeHelp(verb) });
}
