// The demo, run by "npm run demo": two people's agents use three MCP servers through a gate. Everything is real (the
// servers, the official SDK, the issuer, the gate as a process of its own), and every step is checked: if something is
// not as it says, it tells what it expected and what came, and exits with 1.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { aYes } from './a-yes.ts';
import { change, connect, environment, read, start, write } from './at-work.ts';
import { same, Unexpected } from './expect.ts';
import { search, tell } from './looking-back.ts';
import { personalData } from './personal-data.ts';
import { roundTrip } from './round-trip.ts';
import * as say from './say.ts';
import { Stage } from './stage.ts';
import { whatIf } from './what-if.ts';

/** For the whole demo, and for clearing up after it, in milliseconds. */
const LONGEST = 60_000;
const CLEARING = 15_000;

async function story(stage: Stage): Promise<void> {
  say.title('Sallyport: a gate between agents and their MCP servers');
  await start(stage);
  const data = personalData(join(stage.files, 'customers.csv'));
  const cast = await connect(stage);
  await read(cast, data);
  await write(cast, stage);
  await roundTrip(cast, stage);
  await aYes(cast, stage);
  await environment(cast, stage);
  await change(cast, stage);
  await tell(stage);
  await whatIf(stage);
  search(stage, data);
}

/** Rejects when somebody interrupts the demo, stops reading it, or it takes far too long. */
async function interruption(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  // More than once, because npm passes on a signal that the terminal has sent already.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => reject(new Error(`ended by ${name}`)));
  }
  process.stdout.on('error', reject);
  void wait(LONGEST, undefined, { ref: false }).then(() => {
    reject(new Error(`it took more than ${LONGEST / 1_000} s`));
  });
  return promise;
}

/** @returns the exit code */
async function run(stage: Stage): Promise<number> {
  try {
    await Promise.race([story(stage), interruption()]);
    same('how the gate ended', await stage.close(), '0');
    say.ending('All processes have ended, and their folder is gone. Now try it: npm start');
    return 0;
  } catch (error) {
    const known = error instanceof Unexpected;
    say.failure(known ? `Not as said: ${error.message}` : String(error));
    if (stage.log !== '') say.failure(`The log of the gate:\n${stage.log}`);
    return 1;
  } finally {
    setTimeout(() => process.exit(1), CLEARING).unref();
    await stage.close();
  }
}

const code = await run(new Stage());
// What still waits for processes that are gone would keep the demo from ending.
process.exit(code);
