import { RE2JS } from 're2js';
import { messageOf } from '../../model/errors.ts';

/**
 * Compiles an RE2 pattern.
 *
 * @throws Error with what RE2 says of a pattern that it doesn't take
 */
export function compileRe2(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    // RE2 begins each of its messages with the same words, which say nothing beside the code of the problem.
    const message = messageOf(error).replace(/^error parsing regexp: /, '');
    throw new Error(message, { cause: error });
  }
}
