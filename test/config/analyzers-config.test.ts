import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';

const analyzersOf = (presidio: string, env: Record<string, string> = {}) =>
  parseConfig(`upstreams: {}\nanalyzers: ${presidio}\n`, 'sallyport.yaml', env).analyzers;

describe('analyzers', () => {
  it('have defaults, and read headers from the environment', () => {
    const text =
      '{ presidio: { url: "https://p.test/base", headers: { Authorization: "env:KEY" } } }';
    expect(analyzersOf(text, { KEY: 'Bearer k' }).presidio).toEqual({
      ...{ url: 'https://p.test/base', timeout: 3_000, language: 'en', score: 0.5 },
      headers: { Authorization: 'Bearer k' },
    });
    expect(parseConfig('upstreams: {}\n', 'sallyport.yaml', {}).analyzers).toEqual({});
  });

  it.each([
    ['an unknown key', '{ presidio: { url: "https://p.test", langage: de } }'],
    ['an unknown analyzer', '{ presideo: { url: "https://p.test" } }'],
    ['no URL', '{ presidio: {} }'],
    ['a URL of another kind', '{ presidio: { url: "ftp://p.test" } }'],
    ['a URL with a query', '{ presidio: { url: "https://p.test/?key=1" } }'],
    ['a URL with a password', '{ presidio: { url: "https://u:p@p.test" } }'],
    ['a score beyond 1', '{ presidio: { url: "https://p.test", score: 50 } }'],
    ['no entities', '{ presidio: { url: "https://p.test", entities: [] } }'],
    ['an entity that is no name', '{ presidio: { url: "https://p.test", entities: [person] } }'],
    ['a language that is no code', '{ presidio: { url: "https://p.test", language: English } }'],
    ['no time at all', '{ presidio: { url: "https://p.test", timeout: 0s } }'],
    [
      'a variable that is not set',
      '{ presidio: { url: "https://p.test", headers: { A: "env:NONE" } } }',
    ],
  ])('refuse %s', (_, text) => {
    expect(() => analyzersOf(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
