import { describe, expect, it } from 'vitest';
import { type Node, toJson } from '../../src/document/node.ts';
import { parseYaml } from '../../src/document/yaml.ts';
import { type Json, parseJson } from '../../src/model/json.ts';
import { operators } from '../../src/policy/operators.ts';
import { type Judged, judgeCondition, judgeValue } from '../support/policies.ts';

const big = parseJson('12345678901234567890');
const bigger = parseJson('1e400');
const precise = parseJson('0.1234567890123456789');

interface Row {
  readonly uses: object;
  readonly holds: readonly Json[];
  readonly fails: readonly Json[];
  /** Values that can't be judged: of another type, or beyond what a double tells apart. */
  readonly unjudged: readonly Json[];
  readonly absent: Judged;
}

const rows: readonly Row[] = [
  {
    uses: { eq: 'a' },
    holds: ['a'],
    fails: ['A', '', 'a '],
    unjudged: [1, true, null, ['a'], {}, big],
    absent: 'fails',
  },
  { uses: { eq: 10 }, holds: [10, 10.0], fails: [11, -10], unjudged: ['10', big], absent: 'fails' },
  { uses: { eq: null }, holds: [null], fails: [], unjudged: [0, '', false], absent: 'fails' },
  { uses: { eq: false }, holds: [false], fails: [true], unjudged: [0, null], absent: 'fails' },
  { uses: { ne: 'a' }, holds: ['b'], fails: ['a'], unjudged: [1, null], absent: 'holds' },
  {
    uses: { in: ['a', 1] },
    holds: ['a', 1],
    fails: ['b', 2],
    unjudged: [true, null, [1], big],
    absent: 'fails',
  },
  { uses: { not_in: ['a'] }, holds: ['b'], fails: ['a'], unjudged: [1, null], absent: 'holds' },
  {
    uses: { matches: '^sel(ect)?$' },
    holds: ['sel', 'select'],
    fails: ['selects', 'SELECT', ''],
    unjudged: [1, null, ['sel'], big],
    absent: 'fails',
  },
  {
    uses: { matches: '(?i)drop' },
    holds: ['x DROP y'],
    fails: ['dr op'],
    unjudged: [0],
    absent: 'fails',
  },
  {
    uses: { matches: 'caf\u00e9' },
    holds: ['caf\u00e9', 'cafe\u0301'],
    fails: ['cafe'],
    unjudged: [],
    absent: 'fails',
  },
  {
    uses: { matches: '^cafe\u0301$' },
    holds: ['cafe\u0301'],
    fails: ['caf\u00e9'],
    unjudged: [],
    absent: 'fails',
  },
  {
    uses: { glob: ['db_*', 'x?z'] },
    holds: ['db_', 'db_a/b', 'xyz'],
    fails: ['adb_', 'xz', 'xyyz', 'DB_a'],
    unjudged: [1],
    absent: 'fails',
  },
  {
    uses: { starts_with: ['/a', '/b'] },
    holds: ['/a', '/bc'],
    fails: [' /a', ''],
    unjudged: [null],
    absent: 'fails',
  },
  {
    uses: { ends_with: '@example.com' },
    holds: ['joe@example.com'],
    fails: ['joe@example.com.evil.org', 'joe@EXAMPLE.com'],
    unjudged: [['joe@example.com']],
    absent: 'fails',
  },
  {
    uses: { contains: 'a' },
    holds: ['bar', ['a', 'b']],
    fails: ['b', [], ['ab']],
    unjudged: [1, {}, null],
    absent: 'fails',
  },
  {
    uses: { contains: 10 },
    holds: [[10], [big, 10]],
    fails: [['10'], []],
    unjudged: ['10', [big]],
    absent: 'fails',
  },
  {
    uses: { gt: 10 },
    holds: [11, 10.5, big, bigger],
    fails: [10, 9, precise],
    unjudged: ['11', null, [11], {}],
    absent: 'fails',
  },
  { uses: { gte: 10 }, holds: [10, big], fails: [9.99], unjudged: [true], absent: 'fails' },
  { uses: { lt: 10 }, holds: [9, precise], fails: [10, big], unjudged: ['9'], absent: 'fails' },
  { uses: { lte: 10 }, holds: [10], fails: [10.01, bigger], unjudged: [null], absent: 'fails' },
  // The double next to it is the same, so nobody can tell.
  { uses: { gte: 12345678901234567000 }, holds: [], fails: [], unjudged: [big], absent: 'fails' },
  {
    uses: { lt: '2026-06-01T00:00:00Z' },
    holds: ['2026-05-31T23:59:59Z'],
    fails: ['2026-06-01T00:00:00Z'],
    unjudged: [20260101],
    absent: 'fails',
  },
  {
    uses: { length: 2 },
    holds: ['ab', '\u{1f600}b', [1, 2], { a: 1, b: 2 }],
    fails: ['a', [], {}],
    unjudged: [12, null, true, big],
    absent: 'fails',
  },
  {
    uses: { length: { gt: 1, lte: 3 } },
    holds: ['ab', 'abc'],
    fails: ['a', 'abcd'],
    unjudged: [2],
    absent: 'fails',
  },
  {
    uses: { exists: true },
    holds: [null, 0, '', [], big],
    fails: [],
    unjudged: [],
    absent: 'fails',
  },
  { uses: { absent: true }, holds: [], fails: [null, 0, ''], unjudged: [], absent: 'holds' },
  {
    uses: { type: ['integer', 'null'] },
    holds: [1, -3, null, big],
    fails: [1.5, '1', [], {}, true, precise],
    unjudged: [],
    absent: 'fails',
  },
  {
    uses: { type: 'number' },
    holds: [1, 1.5, big, precise],
    fails: ['1'],
    unjudged: [],
    absent: 'fails',
  },
  { uses: { type: 'object' }, holds: [{}], fails: [[], null, big], unjudged: [], absent: 'fails' },
  { uses: { type: 'list' }, holds: [[]], fails: [{}, 'x'], unjudged: [], absent: 'fails' },
  {
    uses: { type: ['string', 'boolean'] },
    holds: ['', false],
    fails: [0],
    unjudged: [],
    absent: 'fails',
  },
  {
    uses: { cidr: ['10.0.0.0/8', '2001:db8::/32'] },
    holds: ['10.1.2.3', '2001:DB8::1', '::ffff:10.0.0.1'],
    fails: ['11.0.0.1', '2001:db9::1'],
    unjudged: ['10.0.0', '10.0.0.0/8', 'localhost', '', 167772161, ' 10.1.2.3'],
    absent: 'fails',
  },
  {
    uses: { url_host: ['*.example.com', 'EXAMPLE.org'] },
    holds: [
      'https://api.example.com/x',
      'HTTPS://API.EXAMPLE.COM:8443',
      'https://user:pw@a.example.com',
      'https://example.org.',
      'https://ex%61mple.org/',
      'git+ssh://git@API.EXAMPLE.com/x.git',
    ],
    fails: [
      'https://example.com',
      'https://example.com.evil.org',
      'https://evil.org/a.example.com',
      'https://a.example.com@evil.org',
      'https://evil.org#a.example.com',
    ],
    unjudged: [
      ...['api.example.com', '/x', 'mailto:a@b.example.com', 'https://', '', 5],
      // Others read these as another host than browsers do.
      ...['https://evil.org\\@a.example.com', 'https:a.example.com', 'https:/a.example.com/'],
      ...['https://a@b@a.example.com/', 'https://a.example.com/\n', ' https://a.example.com/'],
      ...['https:///a.example.com', 'https://a.exa\tmple.com/', 'https://a.example.com:99999/'],
    ],
    absent: 'fails',
  },
  {
    uses: { url_host: { starts_with: '10.' } },
    holds: ['http://10.0.0.1/', 'http://0xa.1/'],
    fails: ['http://11.0.0.1/?10.'],
    unjudged: [null],
    absent: 'fails',
  },
  {
    uses: { url_host: ['b\u00fccher.example', '*.b\u00fccher.example', '127.0.0.1', '::1'] },
    holds: [
      ...['https://b\u00fccher.example/', 'https://xn--bcher-kva.example/'],
      ...[
        'https://B\u00dcCHER.example/',
        'ssh://b\u00fccher.example/',
        'https://a.xn--bcher-kva.example/',
      ],
      ...['http://0x7f.1/', 'http://2130706433/', 'http://017700000001/', 'http://[0:0::1]:8080/'],
    ],
    fails: ['https://bucher.example/', 'http://127.0.0.2/', 'http://[::2]/'],
    unjudged: [
      ...['//b\u00fccher.example/', 'http://[fe80::1%25eth0]/'],
      ...['http://evil.test;.b\u00fccher.example/', 'http://evil.test&.b\u00fccher.example/'],
    ],
    absent: 'fails',
  },
  {
    uses: { url: { scheme: ['https', 'WSS://'], host: '*.example.com', credentials: 'absent' } },
    holds: ['https://a.example.com/', 'wss://a.example.com:1/'],
    fails: ['http://a.example.com/', 'https://a@a.example.com/', 'https://:pw@a.example.com/'],
    unjudged: ['a.example.com', null],
    absent: 'fails',
  },
  {
    uses: { url: { port: [443, 8443], path: { path_within: '/api' } } },
    holds: ['https://x.test/api/a', 'http://x.test:443/api', 'https://x.test:8443/x/../api'],
    fails: ['http://x.test/api', 'https://x.test/', 'https://x.test:1/api', 'foo://x.test/api'],
    unjudged: ['https://x.test/api/%2e%2e%2fetc'],
    absent: 'fails',
  },
  {
    uses: { url: { port: { gte: 1024 }, credentials: 'exists', host: { ends_with: '.test' } } },
    holds: ['https://me:pw@x.test:8443/'],
    fails: ['https://me:pw@x.test/', 'https://x.test:8443/', 'https://me:pw@x.org:8443/'],
    unjudged: [8443],
    absent: 'fails',
  },
  {
    uses: { cidr: ['10.0.0.1', 'fe80::/10', '::ffff:192.0.2.0/120'] },
    holds: ['10.0.0.1', 'fe80::1%eth0', '::ffff:10.0.0.1', '::ffff:0a00:0001', '192.0.2.7'],
    fails: ['10.0.0.2', '192.0.3.7', '::10.0.0.1'],
    unjudged: ['010.0.0.1', '10.1', '0x0a000001'],
    absent: 'fails',
  },
  {
    uses: { time: { days: ['mon-fri'], from: '08:00', to: '18:00' } },
    holds: ['2026-01-01T08:00:00Z', '2026-01-02T17:59:59.999Z', '2026-01-01T19:00:00+02:00'],
    fails: ['2026-01-01T07:59:59Z', '2026-01-01T18:00:00Z', '2026-01-03T12:00:00Z'],
    unjudged: [
      '2026-01-01',
      '2026-01-01T08:00:00',
      '2026-02-30T08:00:00Z',
      'now',
      1767254400,
      null,
    ],
    absent: 'fails',
  },
  {
    uses: { path_within: '/data' },
    holds: ['/data', '/data/', '/data/a/../b', '//data/x', '/x/../data/y', '/data/.x', '/data/a. '],
    fails: ['/', '/database', '/data/..', '/data/../etc/passwd'],
    unjudged: [
      ...[null, 7, ['/data'], '', 'data/x', '../data/x', '../../data'],
      ...['/data/%2e%2e/etc', '/data/%2E%2e%2fetc', '/data\\..\\etc', '/data/\u0000', '\\data'],
      ...['/data/%c0%ae%c0%ae/etc', '/data/.. /etc', '/data/.../etc', '/data/. ./x', '/data/\n/..'],
      ...['C:/data/x', 'c:', 'file:///data/x', '~/data', '\\\\server\\data'],
    ],
    absent: 'fails',
  },
  {
    uses: { path_within: 'rel' },
    holds: ['rel', 'rel/a', './rel', 'x/../rel/y'],
    fails: ['', '.', 'relative', 'rel/../other'],
    unjudged: ['/rel/a', '../rel', 'rel/../../rel', 'rel/%2e%2e', 'rel/...', '~root/rel', 'a:rel'],
    absent: 'fails',
  },
  {
    uses: { path_within: ['/data', 'rel'] },
    holds: ['/data/a', 'rel/a'],
    fails: [],
    unjudged: ['/etc/passwd', 'other'],
    absent: 'fails',
  },
  {
    uses: { every: { ends_with: '@example.com' } },
    holds: [['a@example.com', 'b@example.com'], []],
    fails: [
      ['a@example.com', 'b@evil.org'],
      ['b@evil.org', 5],
    ],
    unjudged: ['a@example.com', null, {}, ['a@example.com', 5]],
    absent: 'fails',
  },
  {
    uses: { some: { gt: 5 } },
    holds: [
      [1, 6],
      ['x', 6],
    ],
    fails: [[1], []],
    unjudged: [6, ['6'], [1, '6']],
    absent: 'fails',
  },
  {
    uses: { none: { gt: 5 } },
    holds: [[1], []],
    fails: [[1, 6]],
    unjudged: [6, ['6']],
    absent: 'holds',
  },
  {
    uses: { detects: ['email', 'payment-card'] },
    holds: ['mail joe@example.com', 'PAN 4111 1111 1111 1111', 4111111111111111],
    fails: ['nothing', 42, null, true, big],
    unjudged: [['joe@example.com'], {}],
    absent: 'fails',
  },
];

describe.each(rows)('$uses', ({ uses, holds, fails, unjudged, absent }) => {
  it('judges values of its type, and no others', () => {
    const judged = (values: readonly Json[]) => values.map((value) => judgeValue(uses, value));
    expect(judged(holds)).toEqual(holds.map(() => 'holds'));
    expect(judged(fails)).toEqual(fails.map(() => 'fails'));
    expect(judged(unjudged)).toEqual(unjudged.map(() => 'unjudged'));
    expect(judgeValue(uses, undefined)).toBe(absent);
  });
});

/** The value at the one path of a condition, as facts of a call. */
function factsWith(path: string, value: Json | undefined): Parameters<typeof judgeCondition>[1] {
  const name = path.replace(/^args\./, '');
  return { args: value === undefined ? {} : { [name]: value } };
}

describe.each([...operators])('the example of %s', (name, { example }) => {
  const when = toJson(parseYaml(example.when, 'example.yaml').documents[0] as Node) as object;
  const [path = ''] = Object.keys(when);
  const judge = (value: Json | undefined) => judgeCondition(when, factsWith(path, value));

  it('does what the reference says', () => {
    expect(JSON.stringify(when)).toContain(`"${name}"`);
    expect(judge(example.holds)).toBe('holds');
    expect(judge(example.fails)).toBe('fails');
    if (example.unjudged !== undefined) expect(judge(example.unjudged)).toBe('unjudged');
    // What these ask of is true or false of any value.
    else expect(['exists', 'absent', 'type']).toContain(name);
  });
});

describe('operators', () => {
  it('are all in the table above', () => {
    const covered = new Set(rows.flatMap(({ uses }) => Object.keys(uses)));
    expect([...operators.keys()].filter((name) => !covered.has(name))).toEqual([]);
  });

  it('hold together where a test has several', () => {
    expect(judgeValue({ gt: 1, lt: 5 }, 3)).toBe('holds');
    expect(judgeValue({ gt: 1, lt: 5 }, 5)).toBe('fails');
    // False is certain whatever the other would have said.
    expect(judgeValue({ gt: 1, starts_with: 'a' }, 0)).toBe('fails');
    expect(judgeValue({ gt: 1, starts_with: 'a' }, 3)).toBe('unjudged');
  });

  it('may be written alone where they need no operand', () => {
    expect(judgeValue('absent', undefined)).toBe('holds');
    expect(judgeValue('exists', null)).toBe('holds');
  });

  it.each([
    ['(a+)+$', `${'a'.repeat(100_000)}!`],
    ['(a|aa)+$', `${'a'.repeat(100_000)}!`],
    ['(.*)*,(.*)*,(.*)*x', 'a,'.repeat(50_000)],
    ['^(\\s|\\s*)*y', ' '.repeat(100_000)],
  ])('match %j against 100 KB without backtracking', (pattern, text) => {
    expect(judgeValue({ matches: pattern }, text)).toBe('fails');
  });

  it.each([
    [{ path_within: '/data' }, `/${'.'.repeat(1_000_000)}x`, 'fails'],
    [{ path_within: '/data' }, `/data/${'. '.repeat(500_000)}`, 'unjudged'],
    [{ glob: '*@*.example.com' }, 'a@'.repeat(1_000_000), 'fails'],
    [{ glob: 'a*@*?b*' }, `${'a@'.repeat(1_000_000)}cb`, 'holds'],
  ])('take linear time on long text: %j', (uses, text, outcome) => {
    expect(judgeValue(uses, text)).toBe(outcome);
  });

  it.each(['a*a*a*a*a*b', '*a*a*a*a*a*a*b', '?*?*?*?*b'])(
    'fit the glob %j in bounded time',
    (glob) => {
      expect(judgeValue({ glob }, 'a'.repeat(5_000))).toBe('fails');
    },
  );
});
