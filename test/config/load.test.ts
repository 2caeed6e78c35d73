import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { GateError } from '../../src/model/errors.ts';
import { formatProblem } from '../../src/model/position.ts';
import { Folder } from '../cli/terminal.ts';

const environment = { SHORT: 's3cret', LONG: 'k'.repeat(32), EMPTY: '', URL: 'http://x.test/mcp' };
const one = 'upstreams: { a: { url: "http://x.test/mcp" } }\n';

function failure(text: string): GateError {
  try {
    parseConfig(text, 's.yaml', environment);
  } catch (error) {
    if (error instanceof GateError) return error;
    throw error;
  }
  throw new Error('the configuration has no errors');
}
function problemsOf(text: string): string[] {
  const error = failure(text);
  expect(error.code).toBe('CONFIG_INVALID');
  return error.problems.map(formatProblem);
}

const upstreamKinds =
  'needs either a url (Streamable HTTP) or a command (stdio), with their own keys';
const times = 'must be a number with a unit (ms, s, m, h, d), such as 30s';
const sizes = 'must be a number with a unit (B, KiB, MiB, GiB), such as 4MiB';

/** What is wrong, the text, and what the operator is told, without the name of the file. */
const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['an empty file', '', ['1:1 error CONFIG_MISSING_KEY upstreams is missing']],
  ['only comments', '# nothing\n', ['1:1 error CONFIG_MISSING_KEY upstreams is missing']],
  [
    'a list',
    '- a\n',
    ['1:1 error CONFIG_INVALID_VALUE the configuration must be a map, not a list'],
  ],
  [
    'a second document, which would be left out',
    `${one}---\nissuers: []\n`,
    ['3:1 error CONFIG_DOCUMENTS a configuration is one document; this is a second one'],
  ],
  [
    'a key twice',
    one + one,
    ['2:1 error DOCUMENT_DUPLICATE_KEY the key "upstreams" is there twice'],
  ],
  [
    'a misspelt section',
    `${one}transcript: {}\n`,
    [
      '2:1 error CONFIG_UNKNOWN_KEY the configuration has no key "transcript"; did you mean "transcripts"?',
    ],
  ],
  [
    'a misspelt key',
    `${one}listen:\n  prot: 1\n  hots: x\n`,
    [
      '3:3 error CONFIG_UNKNOWN_KEY listen has no key "prot"; did you mean "port"?',
      '4:3 error CONFIG_UNKNOWN_KEY listen has no key "hots"; did you mean "host"?',
    ],
  ],
  [
    'a key that is like none',
    `${one}log: { zzz: 1 }\n`,
    ['2:8 error CONFIG_UNKNOWN_KEY log has no key "zzz"; known: level'],
  ],
  [
    'a misspelt key of an upstream',
    'upstreams:\n  a: { url: "http://x.test", timout: 5s }\n',
    ['2:30 error CONFIG_UNKNOWN_KEY upstreams.a has no key "timout"; did you mean "timeout"?'],
  ],
  [
    'an upstream whose only key is misspelt',
    'upstreams:\n  a: { comand: [x] }\n',
    ['2:8 error CONFIG_UNKNOWN_KEY upstreams.a has no key "comand"; did you mean "command"?'],
  ],
  [
    'a key of the other kind of upstream',
    'upstreams:\n  a: { url: "http://x.test", processes: 3 }\n',
    ['2:30 error CONFIG_UNKNOWN_KEY upstreams.a has no key "processes"; the other kind has it'],
  ],
  [
    'an upstream of both kinds',
    'upstreams:\n  a: { url: "http://x.test", command: [x] }\n',
    [`2:6 error CONFIG_INVALID_VALUE upstreams.a ${upstreamKinds}`],
  ],
  [
    'an upstream of neither kind, or with nothing behind its name',
    'upstreams:\n  a: {}\n  b:\n',
    [
      `2:6 error CONFIG_INVALID_VALUE upstreams.a ${upstreamKinds}`,
      `3:3 error CONFIG_INVALID_VALUE upstreams.b ${upstreamKinds}`,
    ],
  ],
  [
    'an upstream whose name could not stand in a URL',
    'upstreams:\n  Big Name: { url: "http://x.test" }\n',
    ['2:3 error CONFIG_INVALID_VALUE upstreams.Big Name must be lower-case letters, digits, . _ -'],
  ],
  [
    'a command that is a string',
    'upstreams:\n  a: { command: npx server }\n  b: { command: [] }\n',
    [
      '2:17 error CONFIG_INVALID_VALUE upstreams.a.command must be a list, not a string',
      '3:17 error CONFIG_INVALID_VALUE upstreams.b.command must not be empty',
    ],
  ],
  [
    'a URL that is none, or of another scheme',
    'upstreams:\n  a: { url: x.test }\n  b: { url: "ftp://x.test" }\n',
    [
      '2:13 error CONFIG_INVALID_VALUE upstreams.a.url must be an http:// or https:// URL',
      '3:13 error CONFIG_INVALID_VALUE upstreams.b.url must be an http:// or https:// URL',
    ],
  ],
  [
    'times without a unit, with a wrong one, or too long for a timer',
    `${one}shutdown: { drain: 10 }\npolicies: { poll: 2sec }\nsessions: { idle: 30d }\n`,
    [
      `2:20 error CONFIG_INVALID_VALUE shutdown.drain ${times}`,
      `3:19 error CONFIG_INVALID_VALUE policies.poll ${times}`,
      '4:19 error CONFIG_INVALID_VALUE sessions.idle must be at most 24d',
    ],
  ],
  [
    'a time of nothing where something must pass',
    `${one}policies: { poll: 0s }\n`,
    ['2:19 error CONFIG_INVALID_VALUE policies.poll must be more than 0'],
  ],
  [
    'sizes in powers of ten, or without a unit',
    `${one}limits: { message: 4MB }\n`,
    [`2:20 error CONFIG_INVALID_VALUE limits.message ${sizes}`],
  ],
  [
    'numbers out of their range',
    `${one}limits: { calls: 0, depth: 1000 }\nlisten: { port: 70000 }\n`,
    [
      '2:18 error CONFIG_INVALID_VALUE limits.calls must be more than 0',
      '2:28 error CONFIG_INVALID_VALUE limits.depth must be at most 512',
      '3:17 error CONFIG_INVALID_VALUE listen.port must be at most 65535',
    ],
  ],
  [
    'values of another type',
    `${one}listen:\ntranscripts: { required: yes }\nallowed_origins: "https://a.test"\n`,
    [
      '2:1 error CONFIG_INVALID_VALUE listen must be a map, not nothing',
      '3:26 error CONFIG_INVALID_VALUE transcripts.required must be true or false, not a string',
      '4:18 error CONFIG_INVALID_VALUE allowed_origins must be a list, not a string',
    ],
  ],
  [
    'proxies that are no addresses',
    `${one}listen: { trusted_proxies: [10.0.0.0/8, "fd00::/8", 127.0.0.1, proxy.test, 10.0.0.0/40] }\n`,
    [
      '2:64 error CONFIG_INVALID_VALUE listen.trusted_proxies.3 must be an address or a CIDR range, such as 10.0.0.0/8',
      '2:76 error CONFIG_INVALID_VALUE listen.trusted_proxies.4 must be an address or a CIDR range, such as 10.0.0.0/8',
    ],
  ],
  [
    'a word that is none of the known',
    `${one}log: { level: verbose }\n`,
    ['2:15 error CONFIG_INVALID_VALUE log.level must be one of debug, info, warn, error'],
  ],
  [
    'issuers without TLS, without a URL, or with a key that is not for them',
    `${one}issuers:\n  - url: http://login.example.com\n  - audience: a\n  - { url: nonsense, audience: 3 }\n`,
    [
      '3:10 error CONFIG_INVALID_VALUE issuers.0.url must be https:// (http:// is for loopback only)',
      '4:5 error CONFIG_MISSING_KEY issuers.1.url is missing',
      '5:12 error CONFIG_INVALID_VALUE issuers.2.url must be an http:// or https:// URL',
      '5:32 error CONFIG_INVALID_VALUE issuers.2.audience must be a string or a list of strings',
    ],
  ],
  [
    'variables that the environment lacks, and nothing about their values',
    `${one}sessions: { key: env:NOPE }\nlisten: { host: env:EMPTY }\n`,
    [
      '2:18 error CONFIG_VARIABLE the environment has no variable NOPE; set it, or write the value itself',
      '3:17 error CONFIG_VARIABLE the environment has no variable EMPTY; set it, or write the value itself',
    ],
  ],
  [
    'an env: that names no variable',
    `${one}sessions: { key: "env:s3cret-with-dashes" }\n`,
    [
      '2:18 error CONFIG_VARIABLE env: must be followed by the name of a variable (letters, digits, _)',
    ],
  ],
];

describe('what is wrong with a configuration is told with its place and a way out', () => {
  it.each(cases)('%s', (_name, text, expected) => {
    expect(problemsOf(text)).toEqual(expected.map((line) => `s.yaml:${line}`));
  });

  it('text that is not YAML', () => {
    const [first] = problemsOf('upstreams: [a\nlisten: {}\n');
    expect(first).toMatch(/^s\.yaml:2:1 error DOCUMENT_SYNTAX /);
  });

  it('all at once, in the order of the file', () => {
    const text = 'log: { level: loud }\nlisten: { port: x }\nupstreams: { a: { url: 1 } }\n';
    const places = problemsOf(text).map((line) => line.split(' ')[0]);
    expect(places).toEqual(['s.yaml:1:15', 's.yaml:2:17', 's.yaml:3:24']);
  });
});

describe('secrets', () => {
  it.each([
    ['too short a key', `${one}sessions: { key: s3cret }\n`],
    ['too short a key from a variable', `${one}sessions: { key: env:SHORT }\n`],
    ['headers that are a list', 'upstreams:\n  a: { url: env:URL, headers: [s3cret] }\n'],
    ['a header in a list', 'upstreams:\n  a: { url: env:URL, headers: { A: [s3cret] } }\n'],
    ['a variable that is no URL', 'upstreams:\n  a: { url: env:SHORT }\n'],
    ['an environment that is a string', 'upstreams:\n  a: { command: [x], env: s3cret }\n'],
    ['a mistaken env:', 'upstreams:\n  a: { command: [x], env: { A: "env:s3cret!" } }\n'],
    ['a broken quote', `${one}sessions: { key: "s3cret }\n`],
  ])('never stand in messages: %s', (_name, text) => {
    const error = failure(text);
    expect(error.problems.length).toBeGreaterThan(0);
    expect(error.explain() + JSON.stringify(error)).not.toContain('s3cret');
  });

  it('come from the environment, in maps and lists too', () => {
    const text =
      'upstreams:\n  a: { command: [run, env:SHORT], env: { A: env:LONG } }\nsessions: { key: env:LONG }\n';
    const { upstreams, sessions } = parseConfig(text, 's.yaml', environment);
    expect(upstreams.a).toMatchObject({ command: ['run', 's3cret'], env: { A: environment.LONG } });
    expect(sessions.key).toBe(environment.LONG);
  });
});

describe('defaults', () => {
  it('need nothing but upstreams, and are in milliseconds and bytes', () => {
    const text = `${one}issuers: [{ url: "https://login.example.com" }]\n`;
    const config = parseConfig(text, 's.yaml', {});
    expect(config).toEqual({
      listen: { host: '127.0.0.1', port: 7411, trusted_proxies: [], compression: { min: 1_024 } },
      allowed_origins: [],
      allowed_hosts: [],
      issuers: [
        {
          url: 'https://login.example.com',
          algorithms: config.issuers[0]?.algorithms,
          groups_claim: 'groups',
          scopes_claim: 'scope',
          required_scopes: [],
          clock_tolerance: 30_000,
        },
      ],
      approvals: {
        ...{ store: 'sqlite', wait: 50_000, max: 100_000, max_per_caller: 100 },
        ...{ keep: 7_776_000_000, channels: {} },
      },
      upstreams: {
        a: {
          ...{ url: 'http://x.test/mcp', transport: 'streamable-http', era: 'auto', headers: {} },
          ...{ timeout: 55_000, idle: 1_800_000 },
        },
      },
      union: { separator: '__', prefixes: {} },
      policies: { directory: 'policies', poll: 2_000 },
      transcripts: {
        path: '.sallyport/transcripts.db',
        required: true,
        durability: 'process',
        originals: 'sealed',
        proof: { every: 1_000 },
        keep: { upstreams: {}, unexported: { age: 259_200_000 } },
        compact: 600_000,
        search: true,
        export: {},
      },
      limits: {
        message: 4_194_304,
        depth: 64,
        calls: 4_096,
        caller_calls: 1_024,
        session_calls: 512,
        session_streams: 16,
        caller_sessions: 1_000,
        sessions: 10_000,
      },
      sessions: { idle: 1_800_000, lifetime: 604_800_000 },
      log: { level: 'info' },
      shutdown: { drain: 10_000 },
      pins: { mode: 'first-sight', file: 'sallyport.lock.json' },
      counters: { store: 'sqlite' },
      masking: { tokens: { store: 'sqlite', max: 1_000_000, max_per_caller: 100_000 } },
      analyzers: {},
    });
  });

  it('accept no algorithm with a shared secret, and none without a signature', () => {
    const { issuers } = parseConfig(`${one}issuers: [{ url: "https://a.test" }]\n`, 's.yaml', {});
    expect(issuers[0]?.algorithms.filter((name) => /^HS|none/.test(name))).toEqual([]);
    const [line] = problemsOf(`${one}issuers: [{ url: "https://a.test", algorithms: [HS256] }]\n`);
    expect(line).toMatch(/CONFIG_INVALID_VALUE issuers\.0\.algorithms\.0 must be one of/);
  });

  it('of a process end it after half an hour without use', () => {
    const { upstreams } = parseConfig('upstreams: { a: { command: [x] } }', 's.yaml', {});
    expect(upstreams.a).toEqual({
      ...{ command: ['x'], env: {}, timeout: 55_000, processes: 100, idle: 1_800_000, era: 'auto' },
    });
  });

  it.each([
    ['250ms', 250],
    ['1.5s', 1_500],
    ['2 m', 120_000],
    ['24d', 2_073_600_000],
  ])('read %s as %d ms', (text, ms) => {
    const { sessions } = parseConfig(`${one}sessions: { idle: ${text} }\n`, 's.yaml', {});
    expect(sessions.idle).toBe(ms);
  });
});

describe('a configuration file', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => folder.remove());

  it('is found from where the user is, and says which folder its paths start from', () => {
    folder.write({ 'gate/s.yaml': one });
    const { config, base } = loadConfig('gate/s.yaml', folder.path, {});
    expect(base).toBe(join(folder.path, 'gate'));
    expect(Object.keys(config.upstreams)).toEqual(['a']);
  });

  it('is named in messages as the user named it', () => {
    folder.write({ 'gate/s.yaml': 'log: 1\n' });
    expect(() => loadConfig('gate/s.yaml', folder.path, {})).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: 'gate/s.yaml has errors' }),
    );
  });

  it('that is not there is told with a way to get one', () => {
    expect(() => loadConfig('none.yaml', folder.path, {})).toThrow(
      expect.objectContaining({
        code: 'CONFIG_UNREADABLE',
        hint: expect.stringContaining('sallyport init'),
      }),
    );
  });

  it('may be JSON', () => {
    folder.write({ 's.json': JSON.stringify({ upstreams: { a: { command: ['x'] } } }) });
    expect(() => loadConfig('s.json', folder.path, {})).not.toThrow();
    expect(readFileSync(join(folder.path, 's.json'), 'utf8')).toMatch(/^\{/);
  });
});
