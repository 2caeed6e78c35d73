import type { Verb } from '../src/cli/verb.ts';
import { colour } from './say.ts';
import type { Stage } from './stage.ts';

/** What a verb of the command line prints, run in the folder of the demo, and its exit code. */
export async function ask(
  verb: Verb,
  args: readonly string[],
  { folder, config }: Stage,
): Promise<{ readonly printed: string; readonly code: number }> {
  let printed = '';
  const out = (text: string) => {
    printed += text;
  };
  const { signal } = new AbortController();
  const drained = () => undefined;
  const terminal = { input: (async function* () {})(), out, err: out, drained, colour, signal };
  const where = { cwd: folder, env: process.env };
  const code = await verb.run([...args, '--config', config], { ...terminal, ...where });
  return { printed, code };
}
