import { setTimeout as sleep } from 'node:timers/promises';

const POLL = 20;

/** Groups that must not outlive this process where it ends without ending them. */
const owned = new Set<number>();
process.once('exit', () => {
  for (const leader of owned) signalGroup(leader, 'SIGKILL');
});

/** Has a group killed when this process exits first, as it does on a second SIGTERM. */
export function ownGroup(leader: number): void {
  owned.add(leader);
}

/**
 * Ends a group of processes: waits for it to end by itself, then asks it with SIGTERM, then makes it with SIGKILL.
 * Resolves once none of it runs.
 *
 * @param leader process id of the one that began the group
 * @param patience milliseconds to wait before SIGTERM
 * @param grace milliseconds to wait before SIGKILL
 */
export async function endGroup(leader: number, patience: number, grace: number): Promise<void> {
  await endOf(leader, patience, grace);
  owned.delete(leader);
}

async function endOf(leader: number, patience: number, grace: number): Promise<void> {
  if (await isGone(leader, patience)) return;
  signalGroup(leader, 'SIGTERM');
  if (await isGone(leader, grace)) return;
  signalGroup(leader, 'SIGKILL');
  // Bounded, because a process that nobody reaps (a container without an init) stays in its group for ever.
  await isGone(leader, Math.max(grace, 1_000));
}

async function isGone(leader: number, within: number): Promise<boolean> {
  const deadline = performance.now() + within;
  while (signalGroup(leader, 0)) {
    if (performance.now() >= deadline) return false;
    await sleep(POLL);
  }
  return true;
}

/** False where the group has no process. Signal 0 only asks (kill(2)). */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
