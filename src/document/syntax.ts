import { YAMLException } from 'js-yaml';
import { parseAllDocuments } from 'yaml';
import { messageOf } from '../model/errors.ts';
import { documentLimits } from './limits.ts';

/** Characters. What is longer would take too long to explain. */
const MAX_EXPLAINED = 131_072;

/** What is wrong with text that is no YAML, with the offset of its place. */
export interface SyntaxProblem {
  readonly code: 'DOCUMENT_SYNTAX' | 'DOCUMENT_TOO_COMPLEX';
  readonly offset: number;
  readonly message: string;
}

/**
 * Says everything that is wrong with text that js-yaml refused. It stops at the first error and is terse, so the
 * `yaml` library, which is slower by far, is asked to explain; js-yaml has the last word.
 */
export function syntaxProblems(text: string, refusal: unknown): SyntaxProblem[] {
  const offset = refusal instanceof YAMLException ? (refusal.mark?.position ?? 0) : 0;
  const message = refusal instanceof YAMLException ? refusal.reason : messageOf(refusal);
  if (message.startsWith('nesting exceeded')) {
    const message = `values nest more than ${documentLimits.depth} deep`;
    return [{ code: 'DOCUMENT_TOO_COMPLEX', offset, message }];
  }
  const explained = explain(text);
  return explained.length > 0 ? explained : [{ code: 'DOCUMENT_SYNTAX', offset, message }];
}

function explain(text: string): SyntaxProblem[] {
  if (text.length > MAX_EXPLAINED) return [];
  try {
    const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false });
    return documents.flatMap(({ errors }) =>
      errors.map(({ pos, message }) => ({ code: 'DOCUMENT_SYNTAX', offset: pos[0], message })),
    );
  } catch {
    return []; // It recurses without a bound, so it may run out of stack.
  }
}
