import { adversarial } from './adversarial.ts';
import { aside } from './aside.ts';
import { quality } from './quality.ts';
import { speed } from './speed.ts';

/** Masking: what it finds, how fast, over texts written to be slow, and what it costs other calls. */
export async function mask(): Promise<void> {
  await quality();
  speed();
  adversarial();
  await aside();
}
