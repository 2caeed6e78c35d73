import { describe, expect, it } from 'vitest';
import { compileGlob } from '../../src/policy/glob.ts';

describe('a glob', () => {
  it.each([
    ['a*b?c*d', 'a-bxc-d', true],
    ['a*b?c*d', 'a-bc-d', false],
    ['a*b?c*d', 'abxbxcd', true],
    ['*?', '', false],
    ['*?', 'é', true],
    ['?*', '😀', true],
    ['??', '😀', false],
    ['*-?', 'drop-😀', true],
    ['a*?b*c', 'axbc', true],
    ['a*?b*c', 'abc', false],
  ])('%j and %j: %j', (glob, text, fits) => {
    expect(compileGlob(glob)(text)).toBe(fits);
  });

  it.each([
    ['docs://?/a', 'docs://😀/a', true],
    ['docs://?/a', 'docs:////a', false],
    ['docs://*/a', 'docs://x/y/a', false],
    ['docs://**/a', 'docs://x/y/a', true],
  ])('of URIs, %j and %j: %j', (glob, text, fits) => {
    expect(compileGlob(glob, '/')(text)).toBe(fits);
  });
});
