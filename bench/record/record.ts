import { calls } from './calls.ts';

// What recording costs, and how quick what is recorded can be proved and judged again.

export async function record(): Promise<void> {
  await calls();
}
