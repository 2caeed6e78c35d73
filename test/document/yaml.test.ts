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

  it('resolves aliases, and knows no merge keys', () => {
    expect(read('a: &x [1]\nb: *x\n').values).toEqual([{ a: [1], b: [1] }]);
    expect(read('a: &x { k: 1 }\nb: { <<: *x }\n').values).toEqual([
      { a: { k: 1 }, b: { '<<': { k: 1 } } },
    ]);
  });

  it('keeps a key named __proto__ an ordinary key', () => {
    const [value] = read('__proto__: { x: 1 }\n').values;
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { x?: number }).x).toBeUndefined();
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
    ['a key twice', 'a: 1\na: 2\n'],
    ['an unknown anchor', 'a: *x\n'],
    ['an open quote', 'a: "x\n'],
    ['an unknown tag', 'a: !!js/function x\n'],
  ])('with %s is refused', (_, text) => {
    expect(read(text).codes).toContain('DOCUMENT_SYNTAX');
  });

  it('is bounded in size, depth and number of values', () => {
    expect(read('x'.repeat(documentLimits.bytes + 1)).codes).toEqual(['DOCUMENT_TOO_LARGE']);
    expect(read('\u00e9'.repeat(documentLimits.bytes / 2 + 1)).codes).toEqual([
      'DOCUMENT_TOO_LARGE',
    ]);
    const nest = (depth: number) => read('['.repeat(depth) + ']'.repeat(depth)).codes;
    expect(nest(documentLimits.depth)).toEqual([]);
    expect(nest(documentLimits.depth + 2)).toEqual(['DOCUMENT_TOO_COMPLEX']);
    const bombs = 'bcdefg'
      .split('')
      .map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdef'[i]}`)}]`);
    expect(read(`a: &a [x,x]\n${bombs.join('\n')}\n`).codes).toEqual(['DOCUMENT_TOO_COMPLEX']);
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
