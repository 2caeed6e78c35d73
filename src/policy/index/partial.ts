import { type CompiledRule, evaluate } from '../compiled-rule.ts';
import { FALSE } from '../outcome.ts';
import { type Subject, UNKNOWN } from '../subject.ts';

/** The same caller and upstream with everything about the message left open. */
export function openSubject({ known: _, ...subject }: Subject): Subject {
  return {
    ...subject,
    args: UNKNOWN,
    meta: UNKNOWN,
    result: UNKNOWN,
    error: UNKNOWN,
    tool: UNKNOWN,
    anyMessage: true,
  };
}

/**
 * The rules that some message of a caller could match. The others are surely false by what is known of the caller and
 * the upstream alone, and a rule that is false adds nothing to any decision.
 */
export function remainingFor(
  rules: readonly CompiledRule[],
  subject: Subject,
): readonly CompiledRule[] {
  const open = openSubject(subject);
  // What asks nothing of the caller is open as long as the message is.
  if (!rules.some(({ asksCaller }) => asksCaller)) return rules;
  const remaining = rules.filter((rule) => !rule.asksCaller || evaluate(rule, open) !== FALSE);
  return remaining.length === rules.length ? rules : remaining;
}
