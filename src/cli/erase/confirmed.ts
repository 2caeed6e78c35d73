import type { Terminal } from '../verb.ts';

/** Bytes of an answer. */
const MOST = 1_024;

/** Asks on standard error, and reads the answer: only `yes` counts. */
export async function isConfirmed(question: string, terminal: Terminal): Promise<boolean> {
  terminal.err(`${question} Type yes: `);
  let answer = '';
  for await (const chunk of terminal.input) {
    answer += Buffer.from(chunk).toString('utf8');
    if (answer.includes('\n') || answer.length > MOST) break;
  }
  return answer.trim() === 'yes';
}
