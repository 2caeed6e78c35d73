import { setImmediate as turn } from 'node:timers/promises';
import { proofLines } from '../../store/sqlite/proof/proof-lines.ts';
import { counted } from '../report.ts';
import { type Exit, exit, type Terminal } from '../verb.ts';
import type { ProofAsked } from './export-asked.ts';
import { TextTarget } from './text-target.ts';

/** Characters that are written at a time. */
const MOST = 1_048_576;

/**
 * Writes the proof of what was recorded, with what it is the proof of.
 *
 * @throws GateError FILE_UNWRITABLE, STORE_UNREADABLE
 */
export async function exportProof(
  path: string,
  { filter }: ProofAsked,
  to: string,
  terminal: Terminal,
): Promise<Exit> {
  const target = new TextTarget(to, terminal);
  let lines = 0;
  let text = '';
  const isNarrow = Object.keys(filter).length > 0;
  try {
    for (const line of proofLines(path, isNarrow ? { filter } : {})) {
      if (terminal.signal.aborted) break;
      lines++;
      text += line;
      if (text.length < MOST) continue;
      await target.write(text);
      text = '';
      // A signal can only be heard when there is a turn for it.
      await turn();
    }
    await target.write(text);
  } finally {
    target.close();
  }
  if (to !== '-') terminal.err(`${counted(lines, 'line')} in ${to}\n`);
  return exit.fine;
}
