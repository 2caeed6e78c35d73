import { describe, expect, it } from 'vitest';
import { type Check, compare } from './check.ts';

const check = (id: string, status: Check['status']): Check => ({ id, status });

describe('compare', () => {
  it('finds nothing worse where both are the same', () => {
    const checks = [check('a', 'SUCCESS'), check('b', 'FAILURE'), check('c', 'INFO')];
    expect(compare(checks, checks)).toEqual([]);
  });

  it.each([
    ['fails', 'FAILURE'],
    ['is warned of', 'WARNING'],
    ['is skipped', 'SKIPPED'],
  ] as const)('finds worse what passed and then %s', (_what, status) => {
    const [found] = compare([check('a', 'SUCCESS')], [check('a', status)]);
    expect(found).toMatchObject({ id: 'a', direct: 'SUCCESS', gate: status });
  });

  it('finds worse what passed and then was not checked', () => {
    const [found] = compare([check('a', 'SUCCESS')], []);
    expect(found).toMatchObject({ id: 'a', gate: undefined });
  });

  it('finds worse a failure that was not there, whatever passes beside it', () => {
    const gate = [check('a', 'SUCCESS'), check('b', 'SUCCESS'), check('c', 'FAILURE')];
    expect(compare([check('a', 'SUCCESS')], gate)).toMatchObject([{ id: 'c', direct: undefined }]);
  });

  it('judges what is checked many times by its worst', () => {
    const gate = [check('a', 'SUCCESS'), check('a', 'FAILURE'), check('a', 'SUCCESS')];
    expect(compare([check('a', 'SUCCESS')], gate)).toMatchObject([{ id: 'a', gate: 'FAILURE' }]);
  });

  it('finds nothing worse in what failed before', () => {
    expect(compare([check('a', 'FAILURE')], [check('a', 'WARNING')])).toEqual([]);
    expect(compare([check('a', 'FAILURE')], [])).toEqual([]);
  });
});
