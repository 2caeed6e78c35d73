import type { ListedVerb } from './verb.ts';

/** All verbs. `stdio` and `check` start in a fraction of what `serve` needs. */
export const verbs: Readonly<Record<string, ListedVerb>> = {
  serve: {
    summary: 'run the gate',
    load: async () => (await import('./serve.ts')).serve,
  },
  stdio: {
    summary: 'connect a client that only speaks stdio',
    load: async () => (await import('./stdio.ts')).stdio,
  },
  check: {
    summary: 'find what is wrong with policy files',
    load: async () => (await import('./check.ts')).check,
  },
  test: {
    summary: 'run the test files of policies',
    load: async () => (await import('./test.ts')).test,
  },
  explain: {
    summary: 'say why a call is decided as it is',
    load: async () => (await import('./explain.ts')).explain,
  },
  suggest: {
    summary: 'write a policy from recorded traffic',
    load: async () => (await import('./suggest.ts')).suggest,
  },
  mask: {
    summary: 'try masks on a message, a result or a text',
    load: async () => (await import('./mask.ts')).mask,
  },
  scan: {
    summary: 'find sensitive data that passed unmasked',
    load: async () => (await import('./scan.ts')).scan,
  },
  pin: {
    summary: 'pin the tools of upstreams, and accept changed ones',
    load: async () => (await import('./pin.ts')).pin,
  },
  push: {
    summary: 'check, sign and push policies to a gate',
    load: async () => (await import('./push.ts')).push,
  },
  policies: {
    summary: 'policies of a running gate: show, revisions, rollback',
    load: async () => (await import('./policies.ts')).policies,
  },
  approvals: {
    summary: 'calls that wait for a person: list, show, approve, deny and others',
    load: async () => (await import('./approvals.ts')).approvals,
  },
  call: {
    summary: 'call a tool through a gate, as a client',
    load: async () => (await import('./call.ts')).call,
  },
  schema: {
    summary: 'print a JSON Schema for editors',
    load: async () => (await import('./schema.ts')).schema,
  },
  transcripts: {
    summary: 'read what was recorded: list, search, show, follow, export, size',
    load: async () => (await import('./transcripts.ts')).transcripts,
  },
  verify: {
    summary: 'prove that transcripts are what was recorded',
    load: async () => (await import('./verify.ts')).verify,
  },
  erase: {
    summary: 'erase what exchanges said, with the proof intact',
    load: async () => (await import('./erase.ts')).erase,
  },
  keys: {
    summary: 'keys of transcripts: list, new, rotate',
    load: async () => (await import('./keys.ts')).keys,
  },
  replay: {
    summary: 'go through what was recorded: show, backtest, mock',
    load: async () => (await import('./replay.ts')).replay,
  },
  init: {
    summary: 'write a first configuration and policy',
    load: async () => (await import('./init.ts')).init,
  },
};
