import type { Verb } from './verb.ts';
import { verbOfVerbs } from './verb-of-verbs.ts';

/** `sallyport replay`: what was recorded, again. */
export const replay: Verb = verbOfVerbs({
  name: 'replay',
  about: `Reads the record of exchanges, beside a gate that writes it or without one. Nothing of it
changes what is recorded.`,
  verbs: {
    show: {
      summary: 'tell an exchange or a session as a timeline, play it, or write it as a page',
      load: async () => (await import('./replay/show.ts')).show,
    },
    backtest: {
      summary: 'judge what was recorded by other policies, and tell what they would do otherwise',
      load: async () => (await import('./replay/backtest.ts')).backtest,
    },
    mock: {
      summary: 'serve recorded answers as an MCP server',
      load: async () => (await import('./replay/mock.ts')).mock,
    },
  },
  example: '5f2c81ab',
});
