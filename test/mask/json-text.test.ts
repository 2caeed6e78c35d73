import { describe, expect, it } from 'vitest';
import { hidesMembers, openJson } from '../../src/mask/text/json-text.ts';

describe('JSON in a text', () => {
  it.each([
    '[1e400]',
    '{"a":12345678901234567890}',
    '[0.12345678901234567890]',
    '["12345678901234567890e5",1]',
    '{"1e5":0.5,"\\"1e400":[]}',
  ])('keeps the digits of %s', (text) => {
    const { value } = openJson(text) ?? {};
    expect(JSON.stringify(value)).toBe(text);
  });

  it.each<[string, boolean]>([
    ['{"a":1,"b":{"c":":"}}', false],
    ['{"a":1,"a":2}', true],
    ['[{"a":{"b":1,"b":2}}]', true],
    ['{"a":"\\":{[","b":[1,"\\\\"]}', false],
    ['[]', false],
  ])('%s hides members: %j', (text, hides) => {
    const opened = openJson(text);
    expect(opened && hidesMembers(opened)).toBe(hides);
  });

  it.each<[string, string]>([
    ['that nests too deep', `${'['.repeat(65)}${']'.repeat(65)}`],
    ['that breaks off', '[{"a":'],
    ['that is a text', '"a"'],
    ['that is a number', ' 12'],
  ])('%s is no list and no object', (_, text) => {
    expect(openJson(text)).toBeUndefined();
  });

  it('may have brackets in its strings, as many as it likes', () => {
    const value = { a: '['.repeat(1_000), b: '\\"[' };
    expect(openJson(JSON.stringify(value))?.value).toEqual(value);
  });
});
