import { type FSWatcher, watch } from 'node:fs';

export interface WatchOptions {
  readonly directory: string;
  /** How often to look even though no event came, in milliseconds. */
  readonly poll: number;
  /** Looks for changes; called again and again, never twice at a time. */
  readonly look: () => Promise<void>;
}

/** Events come in swarms; one look a little later sees what all of them did. */
const SETTLE = 50;

/**
 * Calls `look` soon after something changes in a directory, and every so often in any case: file events are a hint
 * that network file systems, container mounts and symlink swaps don't always give.
 *
 * @returns what stops it
 */
export function watchDirectory({ directory, poll, look }: WatchOptions): () => void {
  let stopped = false;
  let soon: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let again = false;
  const run = () => {
    if (stopped) return;
    if (looking) {
      again = true;
      return;
    }
    looking = look().finally(() => {
      looking = undefined;
      if (!again) return;
      again = false;
      run();
    });
  };
  const hint = () => {
    clearTimeout(soon);
    soon = setTimeout(run, SETTLE);
  };
  const watcher = open(directory, hint);
  const timer = setInterval(run, poll);
  return () => {
    stopped = true;
    clearTimeout(soon);
    clearInterval(timer);
    watcher?.close();
  };
}

function open(directory: string, hint: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { recursive: true, persistent: false }, hint);
    // A watched directory that is replaced ends its watcher; polling goes on.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
