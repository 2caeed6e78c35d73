import { describe, expect, it } from 'vitest';
import { type Json, parseJson } from '../../src/model/json.ts';
import { judgeValue } from '../support/policies.ts';

describe('the length of a text', () => {
  it.each([
    ['', 0],
    ['\u{1f600}', 1],
    ['a\u{1f600}b', 3],
    ['\u{10000}', 1],
    ['\u{10ffff}', 1],
    ['\u{103ff}', 1],
    ['\u{10fc00}', 1],
    ['\u{1f600}\u{1f600}', 2],
    ['e\u0301', 2],
    // Halves of characters count as one each.
    ['\ud83d', 1],
    ['\ude00', 1],
    ['\ud83da', 2],
    ['\ud83d\ud83d\ude00', 2],
    ['\ude00\ud83d', 2],
    ['\ud7ff\udc00', 2],
    ['\udc00\udc00', 2],
    ['\ud800\udbff', 2],
    ['\ud800\ue000', 2],
  ])('%j has %i characters', (text, length) => {
    expect(judgeValue({ length }, text)).toBe('holds');
  });
});

describe('a number with more digits than a double holds', () => {
  const near = parseJson('5.0000000000000000001');

  it.each(['gt', 'gte', 'lt', 'lte', 'eq', 'ne', 'contains'])(
    '%s can’t tell from its neighbour',
    (name) => {
      const value = (name === 'contains' ? [near] : near) as Json;
      expect(judgeValue({ [name]: 5 }, value)).toBe('unjudged');
    },
  );

  it('is told apart from others', () => {
    expect(judgeValue({ gt: 4 }, near)).toBe('holds');
    expect(judgeValue({ lt: 6 }, near)).toBe('holds');
    expect(judgeValue({ gte: 6 }, near)).toBe('fails');
    expect(judgeValue({ contains: 'a' }, [near])).toBe('fails');
  });
});

describe('a folder', () => {
  it.each([
    ['/srv/data/', '/srv/data'],
    ['/srv/data/', '/srv/data/x'],
    ['/srv/data', '/srv/data/'],
    ['a/', 'a'],
    ['a/', 'a/x'],
    ['a', 'a/'],
    ['/', '/'],
    ['.', 'a'],
  ])('%s holds %s, with a slash at the end or without', (folder, path) => {
    expect(judgeValue({ path_within: folder }, path)).toBe('holds');
  });

  it.each([
    ['/srv/data', '/srv'],
    ['/srv/data', '/srv/dat'],
    ['/srv/data', '/srv/data.bak'],
    ['a', 'b'],
    ['a', '.'],
  ])('%s does not hold %s', (folder, path) => {
    expect(judgeValue({ path_within: folder }, path)).toBe('fails');
  });
});

describe('parts of a URL', () => {
  it.each([
    [{ host: 'a.test' }, 'https://a.test/', 'https://b.test/'],
    [{ host: 'a.test', scheme: 'https' }, 'https://a.test/', 'https://b.test/'],
    [{ scheme: ['http', 'https'] }, 'https://a.test/', 'ftp://a.test/'],
    [{ scheme: 'HTTPS://' }, 'https://a.test/', 'http://a.test/'],
    [{ path: '/X' }, 'https://a.test/X', 'https://a.test/x'],
    [{ path: ['/x', '/y'] }, 'https://a.test/y?q', 'https://a.test/z'],
    [{ port: 443 }, 'https://a.test/', 'https://a.test:8443/'],
    [{ port: [80, 8080] }, 'http://a.test:8080/', 'http://a.test:81/'],
    [{ port: 80 }, 'http://a.test/', 'ssh://a.test/'],
    [{ port: [80, 443] }, 'ws://a.test/', 'ftp://a.test/'],
    [{ port: 21 }, 'ftp://a.test/', 'wss://a.test/'],
    [{ port: 443 }, 'wss://a.test/', 'ws://a.test/'],
    [{ port: { lt: 1024 } }, 'http://a.test/', 'http://a.test:1024/'],
    [{ credentials: 'absent' }, 'https://a.test/', 'https://ana@a.test/'],
    [{ credentials: 'exists' }, 'https://:pw@a.test/', 'https://a.test/'],
  ])('%j are told apart', (url, good, bad) => {
    expect(judgeValue({ url }, good)).toBe('holds');
    expect(judgeValue({ url }, bad)).toBe('fails');
  });
});

describe('text that could be more than one URL, or none', () => {
  it.each([
    'a.test',
    '//a.test/',
    'https:a.test',
    'https:/a.test',
    'https:///a.test',
    'https://',
    ' https://a.test/',
    'https://a.test/ ',
    'https://a.test\\@b.test/',
    'https://a.te\tst/',
    'https://x@a.test@b.test/',
    'ssh://a%20b/',
    'file:///a.test',
    'mailto:ana@a.test',
  ])('%j can’t be judged', (text) => {
    expect(judgeValue({ url_host: '*' }, text)).toBe('unjudged');
    expect(judgeValue({ url: { scheme: ['https', 'ssh'] } }, text)).toBe('unjudged');
  });
});
