const known = new WeakMap<object, Map<string, unknown>>();

/**
 * What the reference says of some documents, found once: mutants are many, and it says the same beside each of them.
 *
 * @param about what the answer belongs to; it is told apart by identity
 */
export function remembered<Answer>(about: object, question: string, answer: () => Answer): Answer {
  const answers = known.get(about) ?? new Map<string, unknown>();
  known.set(about, answers);
  if (!answers.has(question)) answers.set(question, answer());
  return answers.get(question) as Answer;
}
