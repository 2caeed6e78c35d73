import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { replay } from '../src/cli/replay.ts';
import { verify } from '../src/cli/verify.ts';
import { ask } from './ask.ts';
import { includes, same } from './expect.ts';
import * as say from './say.ts';
import type { Stage } from './stage.ts';

/** Blocks are signed each second: on a machine that is quick the first one may still come. */
const TRIES = 40;
const PAUSE = 250;

/** Judges what has just happened by another policy, and proves that it is what happened. */
export async function whatIf(stage: Stage): Promise<void> {
  say.step(
    'What if analysts could not read files? "sallyport replay backtest" asks the calls of today',
  );
  const proposed = join(stage.folder, 'proposed');
  cpSync(stage.policies, proposed, { recursive: true });
  const file = join(proposed, 'files.yaml');
  const before = readFileSync(file, 'utf8');
  const after = before.replace('        - identity.groups: { contains: analysts }\n', '');
  same('whether the proposed policy is another', after === before, false);
  writeFileSync(file, after);
  const told = await ask(replay, ['backtest', '--policy', proposed], stage);
  say.block(told.printed);
  includes('the backtest', told.printed, 'staff-read', 'read_text_file');
  same('its exit code: something changed', told.code, 1);

  say.step('Is that what was recorded? "sallyport verify" needs the public key alone');
  const proved = await signed(stage);
  say.block(proved.printed);
  same('its exit code: all is as it was signed', proved.code, 0);
}

/** What `verify` says once something is signed. */
async function signed(stage: Stage): ReturnType<typeof ask> {
  for (let tries = 1; tries < TRIES; tries++) {
    try {
      return await ask(verify, [], stage);
    } catch {
      await wait(PAUSE);
    }
  }
  return ask(verify, [], stage);
}
