import { describe, expect, it } from 'vitest';
import { changedPlaces } from '../../src/mask/place/changed-places.ts';
import { parsePath } from '../../src/mask/place/path.ts';

describe('places that masks have changed', () => {
  it.each([
    ['nothing', { a: 1 }, { a: 1 }, []],
    ['a member', { a: { b: 'x', c: 1 } }, { a: { b: '*', c: 1 } }, ['a.b']],
    ['an element', { a: ['x', 'y'] }, { a: ['x', '*'] }, ['a[1]']],
    ['a whole list', { a: ['x', 'y'] }, { a: '[redacted]' }, ['a']],
    ['a number', { a: 4111111111111111 }, { a: '****' }, ['a']],
    ['a null', { a: 'x' }, { a: null }, ['a']],
    ['a name, whose object it names', { a: { 'ana@x.org': 1 } }, { a: { '[redacted:email]': 1 } }, ['a']], // biome-ignore format: one line says it
    ['odd names', { 'a.b': { '*': 'x' } }, { 'a.b': { '*': '*' } }, ['["a.b"]["*"]']],
  ])('name %s', (_, before, after, places) => {
    expect(changedPlaces(before, after)).toEqual({ places, more: 0 });
  });

  it('never name what stood in a name that was changed', () => {
    const before = { list: [{ 'ana@x.org': { deep: 'ana@x.org' } }] };
    const after = { list: [{ '[redacted:email]': { deep: '[redacted:email]' } }] };
    expect(JSON.stringify(changedPlaces(before, after))).not.toContain('ana');
  });

  it('can be read back', () => {
    const { places } = changedPlaces({ 'a"]b': [{ '0': 'x' }] }, { 'a"]b': [{ '0': '*' }] });
    expect(places.map(parsePath)).toEqual([['a"]b', 0, '0']]);
  });

  it('are counted where they are too many, or too long', () => {
    const many = (value: string) => Array.from({ length: 100_000 }, () => value);
    const { places, more } = changedPlaces(many('x'), many('*'));
    expect({ named: places.length, more }).toEqual({ named: 100, more: 99_900 });
    const long = 'n'.repeat(10_000);
    expect(changedPlaces({ [long]: 'x', b: 'x' }, { [long]: '*', b: '*' })).toEqual({
      ...{ places: [], more: 2 },
    });
  });
});
