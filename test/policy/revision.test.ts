import { expect, it } from 'vitest';
import { compilePolicies } from '../../src/policy/compile.ts';

const textOf = (id: string) =>
  JSON.stringify({ apiVersion: 'sallyport/v1', rules: [{ id, then: 'block' }] });
const revisionOf = (...files: readonly (readonly [string, string])[]) =>
  compilePolicies(files.map(([file, id]) => ({ file, text: textOf(id) }))).policies?.revision;

it('names policies by what their files say, in whatever order they are read', () => {
  const revision = revisionOf(['a.yaml', 'a'], ['b.yaml', 'b'], ['c.yaml', 'c']);
  expect(revision).toMatch(/^[0-9a-f]{12}$/);
  expect(revisionOf(['c.yaml', 'c'], ['a.yaml', 'a'], ['b.yaml', 'b'])).toBe(revision);
  expect(revisionOf(['b.yaml', 'b'], ['c.yaml', 'c'], ['a.yaml', 'a'])).toBe(revision);
});

it('gives them another name when a file says something else, is named otherwise or is missing', () => {
  const revision = revisionOf(['a.yaml', 'a'], ['b.yaml', 'b']);
  expect(revisionOf(['a.yaml', 'x'], ['b.yaml', 'b'])).not.toBe(revision);
  expect(revisionOf(['a.yaml', 'a'], ['x.yaml', 'b'])).not.toBe(revision);
  expect(revisionOf(['a.yaml', 'a'])).not.toBe(revision);
});

it('gives them the same name wherever the folder is', () => {
  expect(revisionOf(['/one/a.yaml', 'a'])).toBe(revisionOf(['/two/a.yaml', 'a']));
});
