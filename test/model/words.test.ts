import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GateError } from '../../src/model/errors.ts';
import { isLoopback } from '../../src/model/loopback.ts';
import { nearest, suggest } from '../../src/model/nearest.ts';
import { type Problem, sortProblems } from '../../src/model/position.ts';

describe('suggestions', () => {
  const known = ['groups', 'email', 'scopes', 'sub'];
  it.each([
    ['grups', 'groups'],
    ['gruops', 'groups'],
    ['EMAIL', 'email'],
    ['emial', 'email'],
    ['scope', 'scopes'],
    ['sbu', 'sub'],
    ['xyz', undefined],
    ['', undefined],
    ['toString', undefined],
  ])('for %j is %j', (word, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });

  it('list the known words where none is near', () => {
    expect(suggest('xyz', ['a', 'b'])).toBe('known: a, b');
  });

  it('find a word with one letter gone', () => {
    fc.assert(
      fc.property(fc.constantFrom('groups', 'scopes', 'analyst'), fc.nat(5), (word, at) => {
        expect(nearest(word.slice(0, at) + word.slice(at + 1), [word, 'zzzzzz'])).toBe(word);
      }),
    );
  });
});

describe('problems', () => {
  const at = (file: string, line: number, column: number, message = 'm'): Problem => ({
    code: 'C',
    severity: 'error',
    message,
    at: { file, line, column },
  });

  it('come in reading order, each once', () => {
    const problems = [at('b', 1, 1), at('a', 10, 1), at('a', 2, 5), at('a', 2, 4), at('a', 2, 5)];
    expect(sortProblems(problems).map((p) => `${p.at.file}:${p.at.line}:${p.at.column}`)).toEqual([
      'a:2:4',
      'a:2:5',
      'a:10:1',
      'b:1:1',
    ]);
    expect(sortProblems([at('a', 1, 1, 'x'), at('a', 1, 1, 'y')])).toHaveLength(2);
  });

  it('are explained one a line', () => {
    const error = new GateError('POLICY_INVALID', 'the policies have errors', {
      hint: 'fix them',
      problems: [at('a', 1, 2)],
    });
    expect(error.explain()).toBe('the policies have errors; fix them\n  a:1:2 error C m');
  });
});

it('knows the addresses that never leave the machine', () => {
  for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '::1', '[::1]']) {
    expect(isLoopback(host)).toBe(true);
  }
  for (const host of ['127.0.0.1.evil.org', 'localhost.evil.org', '10.0.0.1', '127.1', '', '::2']) {
    expect(isLoopback(host)).toBe(false);
  }
});
