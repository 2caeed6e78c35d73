import type { Terminal } from '../../verb.ts';

/**
 * Hands over each key that is pressed, where a person sits at the terminal.
 *
 * @returns undefined where nobody does; otherwise what gives the terminal back
 */
export function hearKeys(
  { input }: Terminal,
  press: (key: string) => void,
): (() => void) | undefined {
  const { stdin } = process;
  if (input !== stdin || !stdin.isTTY) return undefined;
  const hear = (data: Buffer) => {
    for (const key of data.toString('latin1')) press(key);
  };
  stdin.setRawMode(true);
  stdin.on('data', hear);
  return () => {
    stdin.off('data', hear);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
