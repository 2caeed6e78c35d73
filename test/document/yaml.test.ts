import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { child, toJson } from '../../src/document/node.ts';
import { Reader } from '../../src/document/reader.ts';
import { documentLimits, parseYaml } from '../../src/document/yaml.ts';
import { json } from '../support/arbitraries.ts';

const read = (text: string) => {
  const { documents, problems } = parseYaml(text, 'f.yaml');
  return { values: documents.map(toJson), codes: problems.map(({ code }) => code) };
};

describe('a document', () => {
  it('that is JSON means what JSON means', () => {
    fc.assert(
      fc.property(json, (value) => {
        const { values, codes } = read(JSON.stringify(value));
        // YAML has no minus zero, and an empty document is no document.
        const expected = JSON.parse(JSON.stringify(value)) as unknown;
        expect({ values, codes }).toEqual({ values: [expected], codes: [] });
      }),
    );
  });

  it('is YAML 1.2: no is a word, and dates and octal-like numbers stay what they look like', () => {
    expect(read('[no, on, 2026-01-01, 010, 0x10, ~, 1_000, 12:30]').values).toEqual([
      ['no', 'on', '2026-01-01', 10, 16, null, '1_000', '12:30'],
    ]);
  });

  it('may come with others, or be empty', () => {
    expect(read('a: 1\n---\nb: 2\n').values).toEqual([{ a: 1 }, { b: 2 }]);
    expect(read('').values).toEqual([]);
    expect(read('# nothing\n')).toEqual({ values: [], codes: [] });
    expect(read('a:\nb: ""\n').values).toEqual([{ a: null, b: '' }]);
  });

  it('resolves aliases, each document its own', () => {
    expect(read('a: &x [1]\nb: *x\n').values).toEqual([{ a: [1], b: [1] }]);
    expect(read('a: &x 1\nb: &x 2\nc: *x\n').values).toEqual([{ a: 1, b: 2, c: 2 }]);
    expect(read('a: &x [1]\n---\nb: *x\n').codes).toEqual(['DOCUMENT_SYNTAX']);
  });

  it('takes no merge keys, and says what to do instead', () => {
    const { problems } = parseYaml('a: &x { k: 1 }\nb: { <<: *x, c: 1 }\n', 'f.yaml');
    expect(problems).toMatchObject(
      [
        { code: 'DOCUMENT_MERGE_KEY', at: { line: 2, column: 6 }, hint: /write the entries out/ },
      ].map(({ hint, ...rest }) => ({ ...rest, hint: expect.stringMatching(hint) })),
    );
    expect(read('{ "<<": 1 }').values).toEqual([{ '<<': 1 }]);
  });

  it('takes tags that say what a value is anyway, and no other', () => {
    expect(read('[!!str 5, !!map { a: 1 }, !!seq [1], ! 5, !!str "x"]')).toEqual({
      values: [['5', { a: 1 }, [1], '5', 'x']],
      codes: [],
    });
  });

  it.each([
    ...['!!binary aGk=', '!!set { a }', '!!omap [a: 1]', '!!timestamp 2026-01-01', '!!int "5"'],
    ...['!!js/function x', '!!js/regexp /x/', '!foo x', '!<tag:yaml.org,2002:js/undefined> x'],
    ...['!!python/object/apply:os.system [ls]', '!!str [x]', '!!map x', '!!null ""'],
  ])('makes nothing of %s', (text) => {
    expect(read(`a: 1\nb: ${text}\n`).codes).toEqual(['DOCUMENT_TAG']);
  });

  it.each([
    '%TAG ! tag:example.com,2026:\n---\na: 1\n',
    '%TAG !! tag:example.com,2026:\n---\n!!str a\n',
    '%YAML 1.1\n---\na: yes\n',
  ])('follows no directive: %j', (text) => {
    expect(read(text).codes).toContain('DOCUMENT_TAG');
    expect(read('%YAML 1.2\n---\na: 1\n')).toEqual({ values: [{ a: 1 }], codes: [] });
  });

  it('that is JSON has tabs, escapes and places like any', () => {
    const text = '{\n\t"a\\/b": "\\ud83d\\ude00\\u0000",\n\t"c": [1e3,\n\t\t-0.5, ""]\n}';
    const { documents, problems } = parseYaml(text, 'f.json');
    expect(problems).toEqual([]);
    expect(documents.map(toJson)).toEqual([JSON.parse(text)]);
    const list = child(documents[0], 'c');
    if (list?.kind !== 'list') throw new Error('no list');
    expect(list.at).toEqual({ file: 'f.json', line: 3, column: 7 });
    expect(list.items[1]?.at).toEqual({ file: 'f.json', line: 4, column: 3 });
    expect(read('{"a": 1, "a": 2}').codes).toEqual(['DOCUMENT_DUPLICATE_KEY']);
    expect(read('\uFEFF{"a": 1}').values).toEqual([{ a: 1 }]);
  });

  it('finds a key that is there twice among few and among many', () => {
    const keys = Array.from({ length: 30 }, (_, i) => `k${i}: 1`);
    expect(read([...keys, 'k3: 2'].join('\n')).codes).toEqual(['DOCUMENT_DUPLICATE_KEY']);
    expect(read([...keys, 'k29: 2'].join('\n')).codes).toEqual(['DOCUMENT_DUPLICATE_KEY']);
    expect(read('1: a\n"1": b\n').codes).toEqual(['DOCUMENT_DUPLICATE_KEY']);
    expect(read(keys.join('\n')).codes).toEqual([]);
  });

  it('keeps a key named __proto__ an ordinary key', () => {
    const [value] = read('__proto__: { x: 1 }\n').values;
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { x?: number }).x).toBeUndefined();
  });

  it.each([
    ['plain: x', 8],
    ['plain: "x"', 8],
    ["plain: 'x'", 8],
    ['plain: |\n  x', 8],
    ['plain: >-\n  x', 8],
    ['plain: [x]', 8],
    ['plain: { x: 1 }', 8],
    ['plain:', 1],
  ])('knows where the value of %j begins', (text, column) => {
    const { documents } = parseYaml(`${text}\n`, 'f.yaml');
    expect(child(documents[0], 'plain')?.at).toEqual({ file: 'f.yaml', line: 1, column });
  });

  it('knows where each thing stands', () => {
    const { documents } = parseYaml('a:\n  - x\n  - b: "y"\n', 'f.yaml');
    const list = child(documents[0], 'a');
    if (list?.kind !== 'list') throw new Error('no list');
    const inner = child(list.items[1], 'b');
    expect(list.items[0]?.at).toEqual({ file: 'f.yaml', line: 2, column: 5 });
    expect(inner?.at).toEqual({ file: 'f.yaml', line: 3, column: 8 });
  });

  it.each([
    ['tabs', 'a:\n\tb: 1\n'],
    ['a key that is a list', '? [a]\n: 1\n'],
    ['a value that repeats itself', 'a: &x [*x]\n'],
    ['an unknown anchor', 'a: *x\n'],
    ['an open quote', 'a: "x\n'],
    ['an alias for a key', 'a: &x b\n*x : c\n'],
  ])('with %s is refused', (_, text) => {
    expect(read(text).codes).toContain('DOCUMENT_SYNTAX');
  });

  it('is explained where it is no YAML, all errors of it', () => {
    const { problems } = parseYaml('a: [1\nb: "x\n', 'f.yaml');
    expect(problems.length).toBeGreaterThan(1);
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['DOCUMENT_SYNTAX']));
  });

  it('is bounded in size and depth', () => {
    expect(read('x'.repeat(documentLimits.bytes + 1)).codes).toEqual(['DOCUMENT_TOO_LARGE']);
    expect(read('\u00e9'.repeat(documentLimits.bytes / 2 + 1)).codes).toEqual([
      'DOCUMENT_TOO_LARGE',
    ]);
    const nest = (depth: number) => read('['.repeat(depth) + ']'.repeat(depth)).codes;
    expect(nest(documentLimits.depth)).toEqual([]);
    expect(nest(documentLimits.depth + 1)).toEqual(['DOCUMENT_TOO_COMPLEX']);
    expect(nest(100_000)).toEqual(['DOCUMENT_TOO_COMPLEX']);
    expect(read('- '.repeat(100_000)).codes).toEqual(['DOCUMENT_TOO_COMPLEX']);
    const links = Array.from({ length: 100 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`);
    expect(read(`a0: &a0 [1]\n${links.join('\n')}\n`).codes).toEqual(['DOCUMENT_TOO_COMPLEX']);
  });

  it('is bounded in values, those counted that aliases repeat, and in documents', () => {
    const bomb = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(`*${of}`)}]`;
    const bombs = [...'bcdefghi'].map((name, i) => bomb(name, 'abcdefgh'[i] ?? ''));
    expect(read(`a: &a [x,x]\n${bombs.join('\n')}\n`)).toEqual({
      values: [],
      codes: ['DOCUMENT_TOO_COMPLEX'],
    });
    const few = `a: &a [x,x]\n${bombs.slice(0, 3).join('\n')}\n`;
    expect(read(few).codes).toEqual([]);
    expect(read(Array(80).fill(few).join('---\n')).codes).toEqual(['DOCUMENT_TOO_COMPLEX']);
    expect(read(`[${'1,'.repeat(documentLimits.nodes)}]`).codes).toEqual(['DOCUMENT_TOO_COMPLEX']);
    expect(read('---\n'.repeat(documentLimits.documents + 1)).codes).toEqual([
      'DOCUMENT_TOO_COMPLEX',
    ]);
  });

  it('repeats values by alias without copying them', () => {
    const { documents } = parseYaml('a: &x [1, 2]\nb: *x\n', 'f.yaml');
    expect(child(documents[0], 'b')).toBe(child(documents[0], 'a'));
  });
});

describe('the reader of typed values', () => {
  it('collects what is wrong, and goes on', () => {
    const { documents } = parseYaml('{ a: 1, b: x, c: [1, y], d: tru, e: yes }', 'f.yaml');
    const reader = new Reader('X');
    const [root] = documents;
    expect(reader.text(child(root, 'a'), 'a')).toBeUndefined();
    expect(reader.number(child(root, 'b'), 'b')).toBeUndefined();
    expect(reader.texts(child(root, 'c'), 'c')).toEqual(['y']);
    expect(reader.texts(child(root, 'b'), 'b')).toEqual(['x']);
    expect(reader.flag(child(root, 'e'), 'e')).toBeUndefined();
    expect(reader.choice(child(root, 'd'), 'd', ['true', 'false'])).toBeUndefined();
    expect(reader.number(child(root, 'none'), 'none')).toBeUndefined();
    expect(reader.problems.map(({ code, at, hint }) => [code, at.column, hint])).toEqual([
      ['X_WRONG_TYPE', 6, undefined],
      ['X_WRONG_TYPE', 12, undefined],
      ['X_WRONG_TYPE', 19, undefined],
      ['X_WRONG_TYPE', 37, undefined],
      ['X_UNKNOWN_VALUE', 29, 'did you mean "true"?'],
    ]);
  });
});
