import { decisions } from './decisions.ts';
import { reload } from './reload.ts';

/** The policy engine: what a decision and what a reload cost. */
export async function policy(): Promise<void> {
  await decisions();
  await reload();
}
