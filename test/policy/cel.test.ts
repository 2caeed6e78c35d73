import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/model/json.ts';
import { formatProblem } from '../../src/model/position.ts';
import { celReadsResult } from '../../src/policy/cel/cel.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { ABSENT, UNAVAILABLE, UNKNOWN } from '../../src/policy/subject.ts';
import { judgeCondition, policiesOf, subjectOf } from '../support/policies.ts';

type Facts = Parameters<typeof judgeCondition>[1];

const judge = (cel: string, facts: Facts = {}) => judgeCondition({ cel }, facts);
const problemsOf = (cel: string) =>
  compilePolicies([
    {
      file: 'p.yaml',
      text: `apiVersion: sallyport/v1\nrules:\n  - id: a\n    on: { tools: [t] }\n    when:\n      cel: ${cel}\n    then: block\n`,
    },
  ]).problems.map(formatProblem);

const facts: Facts = {
  args: {
    ...{ limit: 10, price: 9.5, text: 'SELECT 1', list: ['a', 'b'], numbers: [1, 2, 3] },
    ...{ nothing: null, flag: true, deep: { er: { x: 1 } }, 'dotted.name': 1, constructor: 5 },
    rows: [{ id: 1 }, { id: 2 }],
  },
  meta: { note: 'n' },
  tool: {
    annotations: { title: 'Query', readOnlyHint: true },
    ...{ title: 'Query', description: 'Runs SQL', flags: ['hidden-characters'] },
  },
  request: { protocol: '2025-11-25', ip: '10.0.0.1' },
  client: { name: 'inspector' },
};

describe('an expression', () => {
  it.each([
    'args.limit <= 1000',
    'args.limit == 10 && args.limit != 11 && args.limit > 9 && args.limit >= 10.0',
    'args.price == 9.5 && args.price < 10 && args.price > 9',
    'args.limit * 2 + 1 == 21 && 2 * args.limit - 0.5 == 19.5 && args.limit / 4 == 2.5',
    'args.limit % 3 == 1 && -args.limit < 0',
    'args.limit in [5, 10] && 2 in args.numbers && !(7 in args.numbers)',
    'args.numbers == [1, 2, 3] && args.numbers[1] == 2 && size(args.numbers) == 3',
    'args.list[0] == "a" && "b" in args.list && args.list.join("-") == "a-b"',
    'args.text.startsWith("SELECT") && args.text.endsWith("1") && args.text.contains("T 1")',
    'args.text.matches("(?i)^select\\\\b") && matches(args.text, r"\\d$")',
    'args.text.lowerAscii() == "select 1" && args.text.split(" ").size() == 2',
    'args.text.substring(0, 6) == "SELECT" && args.text.indexOf("1") == 7',
    'args.nothing == null && has(args.nothing) && !has(args.missing)',
    'has(args.deep.er.x) && !has(args.deep.er.y) && args.deep.er == {"x": 1}',
    'args["dotted.name"] == 1 && args.constructor == 5 && !has(args.toString)',
    'args.flag && !!args.flag && (args.flag ? args.limit == 10 : false)',
    'args.rows.all(row, row.id > 0) && args.rows.exists(row, row.id == 2)',
    'args.rows.exists_one(row, row.id == 1) && args.rows.map(row, row.id) == [1, 2]',
    'args.rows.filter(row, row.id > 1).size() == 1',
    'args.numbers.all(a, args.numbers.exists(b, a == b))',
    'args.deep.all(name, name == "er")',
    'type(args.list) == list && type(args.limit) == double && int(args.limit) == 10',
    'string(args.limit) == "10" && double("2.5") == 2.5',
    'identity.sub == "ana" && identity.email.endsWith("@example.com")',
    '"analysts" in identity.groups && identity.scopes == ["mcp"]',
    'identity.client == "agent-7" && identity.issuer == "https://issuer.test"',
    '!has(identity.actor) && identity.claims.tier >= 2 && identity.claims.org.unit == "orders"',
    'target.name == "query" && !has(target.uri)',
    'tool.annotations.readOnlyHint && tool.annotations.title == "Query" && tool.title == "Query"',
    'tool.description.contains("SQL") && "hidden-characters" in tool.flags',
    'request.upstream == "db" && request.method == "tools/call" && request.ip == "10.0.0.1"',
    'request.protocol >= "2025-06-18" && request.meta.note == "n" && !has(request.meta.other)',
    'request.time == timestamp("2026-01-01T12:00:00Z") && request.time.getHours() == 12',
    'request.time - duration("1h") < timestamp("2026-01-01T12:00:00+00:00")',
    'request.time.getDayOfWeek() == 4 && request.time.getFullYear() == 2026',
    'client.name == "inspector" && !has(client.version)',
    'true // a remark',
  ])('%s holds', (cel) => {
    expect(judge(cel, facts)).toBe('holds');
    expect(judge(`!(${cel}\n)`, facts)).toBe('fails');
  });

  it('reads the URI of a resource, and arguments that are params', () => {
    const resource = {
      target: { kind: 'resources', name: 'docs://a' },
      args: { uri: 'docs://a' },
    } as const;
    expect(judge('target.uri == "docs://a" && args.uri == target.name', resource)).toBe('holds');
  });

  it('reads the answer of a call', () => {
    const answer = { result: { isError: true, content: [{ type: 'text', text: 'no' }] } };
    expect(judge('result.isError && result.content[0].text == "no"', answer)).toBe('holds');
    expect(judge('has(error.code) || has(result.missing)', answer)).toBe('fails');
    const error: Facts = { result: ABSENT, error: { code: -32602, message: 'Unknown tool: x' } };
    expect(judge('error.code == -32602 && error.message.contains("x")', error)).toBe('holds');
    expect(judge('has(result.content) || has(error.data)', error)).toBe('fails');
  });
});

describe('what an expression cannot judge', () => {
  it.each([
    ['a member that is not there', 'args.missing == 1'],
    ['a member of a member that is not there', 'has(args.missing.deeper)'],
    ['text as a number', 'args.text <= 1000'],
    ['a number as text', 'args.limit.startsWith("1")'],
    ['a list as a number', 'args.list < 5'],
    ['an element that is not there', 'args.list[7] == "a"'],
    ['an expression that gives no truth', 'args.limit'],
    ['a condition that is no truth', 'args.limit ? true : true'],
    ['an address that the caller has not', 'identity.actor == "x"'],
    ['annotations of another type', 'tool.annotations.destructiveHint == true'],
    ['a sum with text', 'args.limit + args.text == 10'],
  ])('%s', (_, cel) => {
    expect(judge(cel, facts)).toBe('unjudged');
    expect(judge(`!(${cel})`, facts)).toBe('unjudged');
    expect(judge(`(${cel}) && args.flag`, facts)).toBe('unjudged');
  });

  it('gives way to what is certain', () => {
    for (const cel of [
      'args.x > 1 || args.flag',
      'args.flag || args.x > 1',
      'args.x || args.flag',
    ]) {
      expect(judge(cel, facts)).toBe('holds');
    }
    for (const cel of ['args.x > 1 && !args.flag', '!args.flag && args.x > 1']) {
      expect(judge(cel, facts)).toBe('fails');
    }
    expect(judge('args.x > 1 ? args.flag : args.flag', facts)).toBe('unjudged');
    expect(judge('args.flag ? true : args.x > 1', facts)).toBe('holds');
  });

  it('are annotations of a tool that was never listed', () => {
    expect(judge('tool.annotations.readOnlyHint', { tool: UNAVAILABLE })).toBe('unjudged');
    expect(judge('tool.title == "x" || true', { tool: UNAVAILABLE })).toBe('holds');
  });

  it('are arguments that are no object', () => {
    for (const args of ['text', 5, [1]]) expect(judge('args.x == 1', { args })).toBe('unjudged');
    expect(judge('has(args.x)', { args: null })).toBe('fails');
    expect(judge('has(args.x)', { args: ABSENT })).toBe('fails');
  });
});

describe('numbers that a double cannot hold', () => {
  const args = parseJson(
    '{"id": 9007199254740993, "big": 12345678901234567890, "precise": 0.1234567890123456789, "list": [1, 12345678901234567890], "ids": [9007199254740993]}',
  );
  it.each([
    ['args.id == 9007199254740993', 'holds'],
    ['args.id == 9007199254740992', 'fails'],
    ['args.id > 9007199254740992 && args.id - 9007199254740992 == 1', 'holds'],
    ['9007199254740992 in args.ids', 'fails'],
    ['args.big > 5', 'unjudged'],
    ['args.precise > 0', 'unjudged'],
    ['args.list.exists(n, n == 5)', 'unjudged'],
    ['args == {"big": 5}', 'unjudged'],
  ])('%s %s', (cel, judged) => {
    expect(judge(cel, { args })).toBe(judged);
  });
});

describe('names that objects inherit', () => {
  it('are no members', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'size', 'get']) {
      expect(judge(`has(args.${name})`, { args: {} })).toBe('fails');
      expect(judge(`args.${name} == 1`, { args: {} })).toBe('unjudged');
      expect(judge(`args["${name}"] == 1`, { args: {} })).toBe('unjudged');
    }
  });

  it('are members like others where a message has them', () => {
    const args = parseJson('{"__proto__": {"x": 1}, "constructor": {"name": "Map"}, "size": 7}');
    expect(judge('args.__proto__.x == 1 && args.size == 7', { args })).toBe('holds');
    expect(judge('args.constructor.name == "Map" && size(args) == 3', { args })).toBe('holds');
    expect(judge('has(args.x)', { args })).toBe('fails');
  });
});

describe('while something is not known', () => {
  const listed = (cel: string, known?: Readonly<Record<string, never>>) => {
    const subject = subjectOf({ args: UNKNOWN, ...(known && { known }) });
    return policiesOf([{ id: 'a', when: { cel }, then: 'allow' }]).couldAllow(subject);
  };
  const surelyBlocked = (cel: string) => {
    const rules = [
      { id: 'a', then: 'allow' },
      { id: 'b', when: { cel }, then: 'block' },
    ];
    return !policiesOf(rules).couldAllow(subjectOf({ args: UNKNOWN }));
  };

  it('an expression on it may come out either way', () => {
    expect(listed('args.limit <= 1000')).toBe(true);
    expect(listed('!(args.limit <= 1000)')).toBe(true);
    expect(surelyBlocked('args.limit <= 1000')).toBe(false);
  });

  it('the parts that are known decide already', () => {
    expect(listed('args.limit <= 1000 && "dba" in identity.groups')).toBe(false);
    expect(listed('args.limit <= 1000 && "analysts" in identity.groups')).toBe(true);
    expect(listed('"dba" in identity.groups ? args.x == 1 : false')).toBe(false);
    expect(listed('(args.x == 1 ? false : identity.sub == "bo")')).toBe(false);
    expect(surelyBlocked('args.x == 1 || "analysts" in identity.groups')).toBe(true);
    expect(surelyBlocked('args.x == 1 || "dba" in identity.groups')).toBe(false);
  });

  it('arguments that are known already are read', () => {
    const known = { kind: 'a' } as never;
    expect(listed('args.kind == "a" && args.x == 1', known)).toBe(true);
    expect(listed('args.kind == "b" && args.x == 1', known)).toBe(false);
    expect(listed('has(args.kind)', known)).toBe(true);
  });

  it('a rule on the answer waits for it', () => {
    const rules = [
      { id: 'a', then: 'allow' },
      { id: 'b', when: { cel: 'has(error.code) && error.code == -32000' }, then: 'block' },
    ];
    const policies = policiesOf(rules);
    expect(policies.judge(subjectOf()).effect).toBe('allow');
    const answered = (error: object) =>
      policies.judgeResult(subjectOf({ result: ABSENT, error: error as never }))?.effect;
    expect(answered({ code: -32000, message: '' })).toBe('block');
    expect(answered({ code: -32001, message: '' })).toBe('allow');
  });

  it.each([
    ['result.isError', true],
    ['has(error.code)', true],
    ['args.result == "error"', false],
    ['args.rows.exists(row, result.total > row)', true],
    ['not an expression', false],
  ])('%s reads the answer: %s', (text, reads) => {
    expect(celReadsResult({ text })).toBe(reads);
  });
});

describe('what is wrong with an expression', () => {
  it.each([
    ['identity.grups == "x"', '6:21 error POLICY_UNKNOWN_ROOT', 'did you mean "groups"?'],
    ['identiy.sub == "x"', '6:12 error POLICY_UNKNOWN_ROOT', 'did you mean "identity"?'],
    ['has(identity.mail)', '6:25 error POLICY_UNKNOWN_ROOT', 'did you mean "email"?'],
    ['tool.annotations.readOnly', '6:29 error POLICY_UNKNOWN_ROOT', 'known: title, readOnlyHint'],
    ['error.mesage == "x"', '6:18 error POLICY_UNKNOWN_ROOT', 'did you mean "message"?'],
    ['args.x.startWith("a")', '6:19 error POLICY_CEL', 'did you mean "startsWith"?'],
    ['siz(args.x) > 1', '6:12 error POLICY_CEL', 'did you mean "size"?'],
    ['identity.sub > 5', '6:12 error POLICY_CEL', 'no such overload: string > int'],
    ['5 in identity.groups', '6:12 error POLICY_CEL', 'no such overload'],
    ['tool.annotations.readOnlyHint == "yes"', '6:12 error POLICY_CEL', 'no such overload'],
    ['identity.sub', '6:12 error POLICY_CEL', 'must be true or false'],
    ['identity == args.x', '6:12 error POLICY_CEL', 'name a member of it'],
    ['identity["sub"] == "x"', '6:12 error POLICY_CEL', 'name a member of it'],
    ['args.x ==', '6:21 error POLICY_CEL', 'at the end of the expression'],
    ['args.x === 1', '6:21 error POLICY_CEL', 'unexpected character'],
    ['args.x == "a', '6:22 error POLICY_CEL', 'unterminated string'],
    ['args.x.matches("(?=a)")', '6:27 error POLICY_PATTERN', 'patterns are RE2'],
    ['args.x.matches(args.y)', '6:27 error POLICY_PATTERN', 'needs its pattern written out'],
    ['timestamp(args.x) < request.time', '6:22 error POLICY_CEL', 'written out'],
    ['timestamp("2026-01-01 00:00:00 Berlin") < request.time', '6:22 error', 'written out'],
    ['duration(args.x) < duration("1h")', '6:21 error POLICY_CEL', 'written out'],
    ['request.time.getHours("Europe/Berlin") < 8', '6:25 error POLICY_CEL', 'operator "time"'],
    ['args.a.all(x, x.all(y, y.all(z, z)))', '6:37 error POLICY_CEL', 'more than 2 loops'],
    ['args.a.all(result, result > 1)', '6:23 error POLICY_CEL', 'as a root is'],
    ['cel.bind(x, 1, x == 1)', '6:16 error POLICY_CEL', 'no method is called "bind"'],
    ['judge(0)', '6:12 error POLICY_CEL', 'no function is called "judge"'],
    ['bytes("x").json() == args.x', '6:12 error POLICY_CEL', 'no function is called "bytes"'],
  ])('%s', (cel, place, words) => {
    const [problem = ''] = problemsOf(cel);
    expect(problem).toContain(`p.yaml:${place}`);
    expect(problem).toContain(words);
  });

  it('is told of every part at once', () => {
    expect(problemsOf('identity.grups == 1 && identity.sup == 2')).toHaveLength(2);
  });

  it('is told with its line where the expression is a block', () => {
    const [problem] = problemsOf(
      '|\n        identity.sub == "a" &&\n        identity.sup == "b"\n',
    );
    expect(problem).toContain('p.yaml:8:1 error POLICY_UNKNOWN_ROOT');
  });

  it.each([
    ['text', `${'true && '.repeat(1000)}true`],
    ['nesting', `${'('.repeat(300)}true${')'.repeat(300)}`],
    ['parts', `size([${'1,'.repeat(1999)}1]) == 1`],
  ])('is that it has too much %s', (_, cel) => {
    expect(problemsOf(cel)[0]).toContain('POLICY_CEL');
  });
});

describe('what an expression may cost', () => {
  const numbers = Array.from({ length: 30_000 }, (_, i) => i);
  it.each([
    ['a loop over a long list', 'args.numbers.all(n, n >= 0)'],
    ['a loop in a loop', 'args.some.all(a, args.some.all(b, a + b >= 0))'],
    ['a loop over names in a loop', 'args.names.all(a, args.names.all(b, a != b + "x"))'],
    ['a long text in a loop in a loop', 'args.texts.all(a, args.few.all(b, !a.contains("xy")))'],
    ['a long text in a loop', 'args.some.all(n, !args.text.contains(string(n) + "y"))'],
    ['a text taken apart', 'args.text.split("").all(c, c == "x")'],
    ['a list of a great many elements', 'size(args.many) > 1'],
  ])('does not end in a decision after %s', (_, cel) => {
    const args = {
      numbers,
      some: numbers.slice(0, 200),
      texts: ['x'.repeat(100_000)],
      few: [1],
      names: Object.fromEntries(numbers.slice(0, 200).map((n) => [`k${n}`, 1])),
      text: 'x'.repeat(1_000_000),
      many: Array.from({ length: 200_000 }, () => ({})),
    };
    expect(judge(cel, { args })).toBe('unjudged');
  });

  it('is enough for what policies do', () => {
    const args = {
      list: numbers.slice(0, 5_000),
      few: numbers.slice(0, 90),
      text: 'x'.repeat(1e6),
    };
    expect(judge('args.list.all(n, n < 5000)', { args })).toBe('holds');
    expect(judge('args.few.all(a, args.few.exists(b, a == b))', { args })).toBe('holds');
    expect(judge('args.text.matches("x$") && size(args.text) == 1000000', { args })).toBe('holds');
  });

  it('is bounded for patterns that other engines take for ever on', () => {
    const args = { text: `${'a'.repeat(100_000)}!` };
    expect(judge('args.text.matches("(a+)+$")', { args })).toBe('fails');
  });
});
