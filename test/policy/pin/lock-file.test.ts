import { describe, expect, it } from 'vitest';
import { type JsonObject, parseJson } from '../../../src/model/json.ts';
import { formatProblem } from '../../../src/model/position.ts';
import {
  formatLockFile,
  type PinnedTools,
  parseLockFile,
} from '../../../src/policy/pin/lock-file.ts';
import { toolDefinition } from '../../../src/policy/pin/tool-definition.ts';

function pinned(upstreams: Readonly<Record<string, readonly JsonObject[]>>): PinnedTools {
  return new Map(
    Object.entries(upstreams).map(([name, tools]) => [
      name,
      new Map(
        tools.flatMap((tool) => {
          const definition = toolDefinition(tool);
          return definition ? [[definition.name, definition] as const] : [];
        }),
      ),
    ]),
  );
}

const query = {
  name: 'query',
  description: 'Reads\u200b rows.',
  inputSchema: { b: 1, a: { d: 2, c: [1] } },
};
const odd = { name: '__proto__', inputSchema: {} };
const tools = pinned({ orders: [query, odd, { name: 'add' }], files: [] });
const text = formatLockFile(tools);

const problemsOf = (changed: string) =>
  parseLockFile(changed, 'sallyport.lock.json').problems.map(formatProblem);

describe('the lock file', () => {
  it('gives back what was written', () => {
    const { tools: read, problems } = parseLockFile(text, 'sallyport.lock.json');
    expect(problems).toEqual([]);
    expect(read && [...read.keys()]).toEqual(['files', 'orders']);
    expect(read?.get('orders')?.get('query')).toEqual(tools.get('orders')?.get('query'));
    expect(read?.get('orders')?.get('__proto__')?.definition).toEqual(odd);
  });

  it('is the same text for the same tools, in any order', () => {
    const again = pinned({
      files: [],
      orders: [
        { name: 'add' },
        odd,
        {
          inputSchema: { a: { c: [1], d: 2 }, b: 1 },
          description: 'Reads\u200b rows.',
          name: 'query',
        },
      ],
    });
    expect(formatLockFile(again)).toBe(text);
  });

  it('has hidden characters as escapes, and ends with a line end', () => {
    expect(text).toContain('Reads\\u200b rows.');
    expect(text).not.toContain('\u200b');
    expect(text.endsWith('}\n')).toBe(true);
  });

  it.each(['\u00a0', '\u17b4', '\u180b', '\u202e', '\ufe0f', '\u{e0041}', '\u{e0101}'])(
    'never shows %j as it is',
    (hidden) => {
      const tool = toolDefinition({ name: 'a', description: `x${hidden}` });
      if (!tool) throw new Error('no tool');
      const tools = new Map([['u', new Map([['a', tool]])]]);
      expect(formatLockFile(tools)).not.toContain(hidden);
      expect(parseLockFile(formatLockFile(tools), 'f').tools).toEqual(tools);
    },
  );

  it('has members that MCP does not know, after the others', () => {
    const odd = { zeta: { b: 1, a: 2 }, ['__proto__']: 'x', description: 'd', name: 'n' };
    const written = formatLockFile(pinned({ orders: [odd] }));
    expect(problemsOf(written)).toEqual([]);
    const { tools: read } = parseLockFile(written, 'f');
    expect(read?.get('orders')?.get('n')?.definition).toEqual(odd);
    const places = ['"name"', '"description"', '"__proto__"', '"zeta"'];
    const found = places.map((member) => written.indexOf(member));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found).not.toContain(-1);
  });

  it('keeps numbers beyond a double as they are', () => {
    const inputSchema = parseJson('{"maximum":18446744073709551615}');
    const big = formatLockFile(pinned({ orders: [{ name: 'n', inputSchema }] }));
    expect(big).toContain('18446744073709551615');
    expect(problemsOf(big)).toEqual([]);
  });

  it.each<[string, (text: string) => string, string]>([
    [
      'an edited description',
      (t) => t.replace('Reads', 'Writes'),
      'PINS_EDITED the fingerprint is not that',
    ],
    [
      'an edited fingerprint',
      (t) => t.replace('sha256-', 'sha256-x'),
      'PINS_EDITED the fingerprint is not that',
    ],
    [
      'a renamed tool',
      (t) => t.replace('"query": {', '"read": {'),
      'PINS_EDITED the definition is of another tool',
    ],
    [
      'an unknown member',
      (t) => t.replace('"version"', '"vresion"'),
      'PINS_UNKNOWN_KEY the file has no member "vresion"; did you mean "version"?',
    ],
    [
      'a member that is not pinned',
      (t) => t.replace('"inputSchema": {}', '"inputSchema": {}, "icons": []'),
      'PINS_UNKNOWN_KEY "icons" is not pinned',
    ],
    [
      'a newer version',
      (t) => t.replace('"version": 2', '"version": 3'),
      'PINS_VERSION version 3 is not known, only 2 is; it may be of a newer sallyport',
    ],
    [
      'an older version',
      (t) => t.replace('"version": 2', '"version": 1'),
      'PINS_VERSION version 1 is not known, only 2 is; remove it, and write it anew',
    ],
    [
      'a missing fingerprint',
      (t) => t.replace(/"fingerprint": "[^"]+",/, ''),
      'PINS_MISSING_KEY __proto__ lacks "fingerprint"',
    ],
    [
      'a list instead of upstreams',
      () => '{"version": 2, "upstreams": []}',
      'PINS_WRONG_TYPE upstreams must be an object',
    ],
    [
      'a tool twice',
      (t) => t.replace('"add": {', '"query": {'),
      'PINS_REPEATED_KEY "query" stands here twice',
    ],
    [
      'marks of a merge',
      (t) => t.replace('"version"', '<<<<<<< HEAD\n"version"'),
      'PINS_SYNTAX it is not JSON',
    ],
    ['nothing', () => '', 'PINS_SYNTAX it is not JSON'],
    ['deep nesting', () => '['.repeat(1_000), 'PINS_SYNTAX values nest more than 128 deep'],
  ])('says what is wrong and where: %s', (_, change, message) => {
    const changed = change(text);
    expect(changed).not.toBe(text);
    const problems = problemsOf(changed);
    expect(problems.join('\n')).toContain(message);
    expect(problems[0]).toMatch(/^sallyport\.lock\.json:\d+:\d+ error /);
    expect(parseLockFile(changed, 'f').tools).toBeUndefined();
  });

  it('points to the line of the tool', () => {
    const [problem = ''] = problemsOf(text.replace('Reads', 'Writes'));
    const line = Number(problem.split(':')[1]);
    expect(text.split('\n')[line - 1]).toContain('"fingerprint"');
    expect(text.split('\n')[line - 2]).toContain('"query"');
  });
});
