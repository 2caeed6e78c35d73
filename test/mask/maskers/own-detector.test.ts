import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { ownDetector } from '../../../src/mask/own/own-detector.ts';
import { patternProblem } from '../../../src/mask/own/own-pattern.ts';
import { patternShape } from '../../../src/mask/own/pattern-shape.ts';
import type { DetectorSpec } from '../../../src/model/decision.ts';

const pattern = (text: string): DetectorSpec => ({ name: 'own', pattern: text });
const words = (list: readonly string[], ignoreCase = false): DetectorSpec => ({
  name: 'own',
  words: list,
  ignoreCase,
});

function found(spec: DetectorSpec, text: string): string[] {
  return ownDetector(spec)
    .find(text)
    .map(({ start, end }) => text.slice(start, end));
}

describe('a pattern of a policy', () => {
  const patterns = [
    ...[
      '\\bE-\\d{6}\\b',
      '(?i)project\\s+tern',
      '[A-Z]{2}\\d{2,6}',
      'a{2}|b',
      '\\Bx\\B',
      '^a',
      'a$',
    ],
    ...[
      'sk-[a-z0-9]+',
      '(?m)^a+$',
      '\\p{L}+-\\d',
      'a[^b]*b',
      '(?s)a.+?b',
      'a.*b',
      'é',
      'a{3,}',
      '.',
    ],
  ];

  it.each(patterns)('finds by %j what RE2 finds in the text as a whole', (text) => {
    const compiled = RE2JS.compile(text);
    const unit = fc.constantFrom(
      'a',
      'b',
      'x',
      'E-123456',
      'project  Tern',
      '\n',
      ' ',
      'é',
      '😀',
      '-1',
      'sk-',
    );
    const piece = fc.oneof(fc.string({ unit, maxLength: 40 }), fc.constant('q '.repeat(400)));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const whole = pieces.join('');
        const expected: string[] = [];
        const matcher = compiled.matcher(whole);
        while (matcher.find()) expected.push(matcher.group() ?? '');
        expect(found(pattern(text), whole)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('needs what each of its findings has', () => {
    expect(ownDetector(pattern('\\bE-\\d{6}(?:-\\d)?')).needs).toEqual({ length: 8, digits: 6 });
    expect(ownDetector(pattern('[0-9]{3}-X|1X')).needs).toEqual({ length: 2, digits: 1 });
  });

  it.each([
    ['a(', 'PATTERN'],
    ['a(?=b)', 'PATTERN'],
    ['a*', 'PATTERN_EMPTY'],
    ['\\b', 'PATTERN_EMPTY'],
    ['(?:a|)', 'PATTERN_EMPTY'],
    ['a(?:.*b)?', 'PATTERN_COSTLY'],
    ['(?:.+b){0,3}a', 'PATTERN_COSTLY'],
    ['.*b|a', 'PATTERN_COSTLY'],
    ['x(?:a|b+)y', 'PATTERN_COSTLY'],
  ])('is refused as %j', (text, code) => {
    expect(patternProblem(text)?.code).toBe(code);
    expect(() => ownDetector(pattern(text))).toThrow();
  });

  it.each([
    ['[a|b]+', 1, Number.POSITIVE_INFINITY],
    ['\\Qa|b*\\E', 4, 4],
    ['(?P<n>ab){2,3}', 4, 12],
    ['[]a]x', 2, 4],
    ['[[:alpha:]]\\x{1F600}\\pL', 3, 6],
    ['a{,3}', 5, 10],
    ['(?i:a)b??', 1, 4],
  ])('%j has findings of so many characters', (text, least, most) => {
    expect(patternShape(text)).toMatchObject({ least, most });
  });
});

describe('words of a policy', () => {
  it.each<[DetectorSpec, string, readonly string[]]>([
    [
      words(['Bluebird']),
      'Bluebird, bluebird; Bluebirds xBluebird (Bluebird)',
      ['Bluebird', 'Bluebird'],
    ],
    [words(['Bluebird'], true), 'BLUEBIRD bluebird', ['BLUEBIRD', 'bluebird']],
    [
      words(['Project Tern']),
      'Project  Tern, Project\nTern, ProjectTern',
      ['Project  Tern', 'Project\nTern'],
    ],
    [words(['tern', 'tern north', 'tern north sea']), 'tern north seas', ['tern north']],
    [words(['Zürich']), 'Zu\u0308rich Zürich', ['Zu\u0308rich', 'Zürich']],
    [words(['ΟΔΟΣ'], true), 'οδος οδοσ', ['οδος', 'οδοσ']],
    [words(['İzmir'], true), 'İzmir', ['İzmir']],
    [words(['C++', '.NET']), 'C++ and .NET, C++x', ['C++', '.NET', 'C++']],
    [words(['東京']), '東京 東京都', ['東京']],
    [words(['blue_bird', 'key']), 'BLUE_key blue_bird', ['key', 'blue_bird']],
    [words(['𝒜']), '𝒜 𝒜𝒜', ['𝒜']],
  ])('%j in %j', (spec, text, expected) => {
    expect(found(spec, text)).toEqual(expected);
  });

  it('are found as one by one, however many there are', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', 'b', 'é', ' ', '-'),
      minLength: 1,
      maxLength: 5,
    });
    const list = fc.array(
      word.filter((one) => /[abé]/.test(one)),
      { minLength: 1, maxLength: 8 },
    );
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' ', '-', 'A'), maxLength: 40 });
    fc.assert(
      fc.property(list, text, fc.boolean(), (some, whole, ignoreCase) => {
        const together = ownDetector(words(some, ignoreCase)).find(whole);
        const apart = some.flatMap((one) => ownDetector(words([one], ignoreCase)).find(whole));
        // What is found together is found apart, and what is found apart is covered.
        for (const { start, end } of together) {
          expect(apart.some((span) => span.start === start && span.end === end)).toBe(true);
        }
        for (const { start, end } of apart) {
          expect(together.some((span) => span.start < end && start < span.end)).toBe(true);
        }
      }),
    );
  });

  it('are one detector for one definition, also when it comes as a copy', () => {
    const spec = words(['a']);
    expect(ownDetector(structuredClone(spec))).toBe(ownDetector(spec));
  });
});
