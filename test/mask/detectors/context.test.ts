import { describe, expect, it } from 'vitest';
import { contextOf } from '../../../src/mask/detectors/context/context.ts';

const around = contextOf({
  ssn: ['ssn', 'social security'],
  order: 'order|order no',
  phone: ['t\u00e9l\u00e9phone', '\u7535\u8bdd', 'cpr nr'],
});

function topics(text: string, value: string, field?: string) {
  const start = text.lastIndexOf(value);
  return around(text, start, start + value.length, field);
}

describe('the words around a value', () => {
  it.each([
    ['SSN: 123', ['ssn']],
    ['{"socialSecurityNo": "123"}', ['ssn']],
    ['social_security=123', ['ssn']],
    ['SOCIALSECURITY 123', ['ssn']],
    ['her SSNs are 123', ['ssn']],
    ['T\u00c9L\u00c9PHONE 123', ['phone']],
    ['telephone 123', ['phone']],
    ['\u8054\u7cfb\u7535\u8bdd\uff1a123', ['phone']],
    ['123 (SSN)', ['ssn']],
    ['SSN\n   123', ['ssn']],
    ['SSN 078051120, 219099999 and 123', ['ssn']],
    ['{"ssn":{"value":"123"}}', ['ssn']],
    ['id | ssn\n---|---\n7 | 123', ['ssn']],
    ['{"ssn":"078051120","order":"123"}', ['order']],
    ['{"ssn":null,"order":"123"}', ['order']],
    ['ssn=1&order=123', ['order']],
    ['the SSN, then some words 1234 of 123', []],
    ['ssn of Ana\nthen 123', []],
    ['123,ssn=7', []],
    ['lesson 123', []],
    ['ssnx 123', []],
    [`ssn ${'x '.repeat(40)}123`, []],
    ['cpr (24/04)\n- nr 123', []],
  ])('speak in %j of %j', (text, near) => {
    expect(topics(text, '123').near).toEqual(near);
  });

  it.each([
    ['order no. 123', ['order']],
    ['order number is 123', ['order']],
    ['order for Ana, 123', []],
    ['order 4567, 123', []],
    ['order\n123', []],
    ['123 order', []],
  ])('name in %j the value %j', (text, label) => {
    expect(topics(text, '123').label).toEqual(label);
  });

  it('are those of the field where it holds the value', () => {
    expect(topics('123', '123', 'mySsn')).toEqual({ near: ['ssn'], label: ['ssn'] });
    expect(topics('a longer note 123', '123', 'ssn_notes')).toEqual({ near: ['ssn'], label: [] });
  });

  it('are read anew for another text, and in any order', () => {
    const text = 'ssn 123 order 456 ssn 789';
    expect(topics(text, '789').label).toEqual(['ssn']);
    expect(topics(text, '456').label).toEqual(['order']);
    expect(topics('x 123', '123').near).toEqual([]);
    expect(topics(text, '123').label).toEqual(['ssn']);
  });

  it.each(['ssn ', 'a', '\u7535', 'social security social ', '1:', 'aB'])(
    'take linear time on %j, repeated',
    (part) => {
      const text = part.repeat(100_000);
      for (let i = 0; i < text.length; i += 97) around(text, i, i + 1);
      expect(around('x', 0, 1).near).toEqual([]);
    },
  );
});
