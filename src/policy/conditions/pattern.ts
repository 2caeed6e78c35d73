import { compileRe2 } from '../../mask/own/compile-re2.ts';
import { remember } from '../../model/remember.ts';

/** Decides whether a pattern is found in a text. */
export type PatternTest = (text: string) => boolean;

/**
 * Compiles an RE2 pattern, found anywhere in a text. Time is linear in the text whatever the pattern. The text is
 * looked at as it came and, where that differs, in Unicode NFC.
 *
 * @throws Error with what RE2 says of a pattern that it doesn't take
 */
export const compilePattern: (pattern: string) => PatternTest = remember((pattern) => {
  const compiled = compileRe2(pattern);
  return (text) => {
    if (compiled.test(text)) return true;
    const composed = text.normalize('NFC');
    return composed !== text && compiled.test(composed);
  };
});
