import { describe, expect, it } from 'vitest';
import { parsePath } from '../../src/mask/place/path.ts';
import type { TokenLookup } from '../../src/mask/token/known-token.ts';
import { revealTokens } from '../../src/mask/token/reveal.ts';
import { findSentTokens, tokenAddress } from '../../src/mask/token/token-text.ts';
import type { RevealGrant } from '../../src/model/decision.ts';
import { type Json, parseJson } from '../../src/model/json.ts';

const digits = '0123456789abcdef';
const known = new Map<string, Json>([
  [`email:${digits}`, 'ana@example.com'],
  [`us-ssn:${digits}`, '078-05-1120'],
  [`salary:${digits}`, 4200],
  [`big:${digits}`, parseJson('12345678901234567890')],
  [`quote:${digits}`, 'a "b"\\c\n'],
  [`row:${digits}`, { a: [1, null] }],
]);
const lookup: TokenLookup = (token) => {
  if (token.startsWith('old:')) return 'expired';
  if (token.startsWith('many:')) return 'too many';
  const [label = ''] = token.split(':');
  const value = known.get(token);
  return value === undefined ? undefined : { value, label, scope: '' };
};

function grant(
  labels: readonly string[],
  more: Partial<RevealGrant> & { at?: string } = {},
): RevealGrant {
  const { at, ...rest } = more;
  const path = at === undefined ? undefined : parsePath(at);
  if (typeof path === 'string') throw new Error(path);
  return { rule: 'r', labels, scope: '', ...rest, ...(path ? { path } : {}) };
}
const all = [grant(['email', 'us-ssn', 'salary', 'big', 'quote', 'row'])];
const show = (value: Json, grants = all) => revealTokens(value, lookup, grants);
const t = (label: string) => `${label}:${digits}`;

describe('a token in arguments', () => {
  it.each<[string, Json, Json]>([
    ['is the text that it stands for', { to: t('email') }, { to: 'ana@example.com' }],
    ['is the number that it stands for', { n: t('salary') }, { n: 4200 }],
    ['is the object that it stands for', [t('row')], [{ a: [1, null] }]],
    ['inside a text becomes text', `to ${t('email')}!`, 'to ana@example.com!'],
    ['of a number inside a text becomes its digits', `= ${t('salary')} EUR`, '= 4200 EUR'],
    [
      'twice in a text is there twice',
      `${t('email')},${t('email')}`,
      'ana@example.com,ana@example.com',
    ],
    [
      'in JSON inside a text keeps it JSON',
      `{"q":"${t('quote')}","n":"${t('salary')}"}`,
      '{"q":"a \\"b\\"\\\\c\\n","n":4200}',
    ],
    [
      'in JSON inside of JSON keeps both',
      JSON.stringify({ a: JSON.stringify([t('quote')]) }),
      JSON.stringify({ a: JSON.stringify(['a "b"\\c\n']) }),
    ],
    [
      'written with escapes is one as well',
      '{"q":"email\\u003a0123456789abcdef"}',
      '{"q":"ana@example.com"}',
    ],
    [
      'in a URL is percent-encoded there',
      `https://crm.test/?q=a%20${t('quote').replace(':', '%3A')}&m=${t('email').replace(':', '%3a')}`,
      'https://crm.test/?q=a%20a%20%22b%22%5Cc%0A&m=ana%40example.com',
    ],
    [
      'in a URL beside one that is not encoded',
      `${t('email').replace(':', '%3A')}#${t('email')}`,
      'ana%40example.com#ana@example.com',
    ],
    ['may be the name of a member', { [t('email')]: 1 }, { 'ana@example.com': 1 }],
    ['may be a part of a name', { [`by ${t('us-ssn')}`]: 1 }, { 'by 078-05-1120': 1 }],
  ])('%s', (_, before, after) => {
    expect(show(before).value).toEqual(after);
  });

  it('keeps the digits of a number that no double holds', () => {
    expect(JSON.stringify(show({ n: t('big') }).value)).toBe('{"n":12345678901234567890}');
  });

  it('never becomes a member that is there already', () => {
    const value = { [t('email')]: 1, 'ana@example.com': t('salary') };
    expect(show(value).value).toEqual({ [t('email')]: 1, 'ana@example.com': 4200 });
  });

  it('makes an ordinary member of __proto__', () => {
    const value = parseJson(`{"__proto__":"${t('email')}"}`);
    expect(JSON.stringify(show(value).value)).toBe('{"__proto__":"ana@example.com"}');
  });

  it('is reported with its count, and where texts were changed', () => {
    const { revealed, kept, places } = show({ a: [t('email'), `x ${t('email')}`], b: 1 });
    expect(revealed).toEqual([
      { token: t('email'), value: 'ana@example.com', label: 'email', scope: '', count: 2 },
    ]);
    expect(kept).toEqual([]);
    expect(places).toEqual([
      ['a', 0],
      ['a', 1],
    ]);
  });

  it.each([
    ['nobody knows', 'none', 'unknown'],
    ['has expired', 'old', 'expired'],
    ['is one of too many', 'many', 'too many'],
  ])('stays where it %s', (_, label, why) => {
    const value = { a: t(label) };
    expect(show(value)).toMatchObject({ revealed: [], kept: [{ token: t(label), why }] });
    expect(show(value).value).toBe(value);
  });

  it('that was changed by one digit stays', () => {
    const changed = `email:1${digits.slice(1)}`;
    expect(show({ a: changed })).toMatchObject({ value: { a: changed }, revealed: [] });
  });

  it('stays in JSON that is nested too deeply to be looked at', () => {
    let text: Json = t('email');
    for (let i = 0; i < 6; i++) text = JSON.stringify([text]);
    expect(show(text)).toMatchObject({ value: text, revealed: [] });
  });
});

describe('a grant', () => {
  const cases: [string, RevealGrant, Json, boolean][] = [
    ['of the label', grant(['email']), { a: t('email') }, true],
    ['of another label', grant(['us-ssn']), { a: t('email') }, false],
    ['of another scope', grant(['email'], { scope: 'crm' }), { a: t('email') }, false],
    ['of the path', grant(['email'], { at: 'a.b' }), { a: { b: t('email') } }, true],
    ['of what is around the path', grant(['email'], { at: 'a' }), { a: { b: [t('email')] } }, true],
    ['of another path', grant(['email'], { at: 'a.c' }), { a: { b: t('email') } }, false],
    ['of each element', grant(['email'], { at: 'a[*].b' }), { a: [{ b: t('email') }] }, true],
    ['of one element', grant(['email'], { at: 'a[0]' }), { a: [1, t('email')] }, false],
    ['of any depth', grant(['email'], { at: '**.b' }), { x: [{ b: t('email') }] }, true],
    [
      'of any depth, elsewhere',
      grant(['email'], { at: '**.b' }),
      { x: [{ c: t('email') }] },
      false,
    ],
    [
      'of a path into JSON in a text',
      grant(['email'], { at: 'a.b' }),
      { a: `{"b":"${t('email')}"}` },
      true,
    ],
  ];
  it.each(cases)('%s', (_, given, value, covers) => {
    const { value: shown, kept } = show(value, [given]);
    expect(JSON.stringify(shown).includes('ana@example.com')).toBe(covers);
    expect(kept).toEqual(covers ? [] : [{ token: t('email'), why: 'not granted' }]);
  });

  it('for one place leaves the same token elsewhere alone', () => {
    const given = [grant(['email'], { at: 'a' })];
    expect(show({ a: t('email'), b: t('email') }, given).value).toEqual({
      a: 'ana@example.com',
      b: t('email'),
    });
  });

  it('of a group covers its detectors', () => {
    const label = 'us-ssn';
    expect(show({ a: t(label) }, [grant(['person-id'])]).value).toEqual({ a: '078-05-1120' });
  });
});

describe('a token that is written as an address', () => {
  const token = 'person-id:7f3a9k2m4p6q8r0s';

  it('is found, whole and within a text', () => {
    const address = tokenAddress(token);
    expect(address).toBe('person-id.7f3a9k2m4p6q8r0s@token.invalid');
    const text = `to: ${address}, cc x.7f3a@token.invalid`;
    expect(findSentTokens(text)).toEqual([
      { start: 4, end: 4 + address.length, token, inUrl: false },
    ]);
  });

  it('has nobody behind it who could be written to', () => {
    expect(findSentTokens('person-id.7f3a9k2m4p6q8r0s@token.example')).toEqual([]);
  });
});
