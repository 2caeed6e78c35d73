import { dirname, join, resolve } from 'node:path';
import { LiveLockFile } from '../config/live-lock-file.ts';
import { Pins } from '../pipeline/pins.ts';
import { SqlitePins } from '../store/sqlite/pins.ts';
import type { DaemonOptions } from './daemon-options.ts';
import type { Started } from './started.ts';

/** How often it is looked whether other definitions of tools were accepted, in milliseconds. */
const PINS_LOOK = 1_000;

/** Pins as they are configured, and how to see what `sallyport pin` does to them. */
export function openPins({ config, base, log }: DaemonOptions, started: Started) {
  const { file, path = join(dirname(config.transcripts.path), 'pins.db') } = config.pins;
  const mode = (name: string) => config.upstreams[name]?.pins ?? config.pins.mode;
  const modes = new Set(Object.keys(config.upstreams).map(mode));
  modes.delete('off');
  const off = { pins: undefined, mode, locked: () => new Map() };
  if (modes.size === 0) return { ...off, look: () => undefined, watch: () => () => {} };
  const lock = modes.has('lock') ? new LiveLockFile(resolve(base, file), file, log) : undefined;
  const store = new SqlitePins(resolve(base, path));
  started.add(() => store.close());
  const locked = () => lock?.tools ?? new Map();
  const pins = new Pins({ store, mode, locked, log });
  let onChange = (): void => undefined;
  const look = () => {
    const news = [pins.hasNews(), lock?.look()];
    if (news.includes(true)) onChange();
  };
  const watch = (listener: () => void) => {
    onChange = listener;
    const timer = setInterval(look, PINS_LOOK);
    return () => clearInterval(timer);
  };
  return { pins, mode, locked, look, watch };
}
