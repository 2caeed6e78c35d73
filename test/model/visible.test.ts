import { describe, expect, it } from 'vitest';
import { visible, visibleJson } from '../../src/model/visible.ts';

describe('text that is shown', () => {
  it.each([
    ['escape sequences', '\u001b', '\\x1b', '\\u001b'],
    ['overrides of direction', '\u202e', '\\u202e', '\\u202e'],
    ['spaces without width', '\u200b', '\\u200b', '\\u200b'],
    ['tags', '\u{e0041}', '\\u{e0041}', '\\udb40\\udc41'],
    ['variation selectors, which carry whole texts', '\u{e0142}', '\\u{e0142}', '\\udb40\\udd42'],
    ['the first variation selectors', '\ufe01', '\\ufe01', '\\ufe01'],
    ['fillers, which pass for a letter', '\u3164', '\\u3164', '\\u3164'],
    ['joiners of graphemes', '\u034f', '\\u034f', '\\u034f'],
    ['an empty pattern of Braille', '\u2800', '\\u2800', '\\u2800'],
  ])('has %s as escapes', (_, hidden, text, json) => {
    expect(visible(`a${hidden}b`)).toBe(`a${text}b`);
    expect(visibleJson([`a${hidden}b`])).toBe(`["a${json}b"]`);
    expect(JSON.parse(visibleJson([`a${hidden}b`]))).toEqual([`a${hidden}b`]);
  });

  it('is else as it is', () => {
    const text = 'Ünïcode, 日本語, עברית, \u{1f600} and a\u00a0space';
    expect(visible(text)).toBe(text);
  });
});
