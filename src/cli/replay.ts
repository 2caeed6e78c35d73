import { backtest } from './replay/backtest.ts';
import { mock } from './replay/mock.ts';
import { show } from './replay/show.ts';
import type { Verb } from './verb.ts';
import { verbOfVerbs } from './verb-of-verbs.ts';

/** `sallyport replay`: what was recorded, again. */
export const replay: Verb = verbOfVerbs({
  name: 'replay',
  summary: 'go through what was recorded: show, backtest, mock',
  about: `Reads the record of exchanges, beside a gate that writes it or without one. Nothing of it
changes what is recorded.`,
  verbs: { show, backtest, mock },
  example: '5f2c81ab',
});
