/** An entity of Presidio, as it names them: `PERSON`, `US_SSN`. */
const NAME = /^presidio(?::[A-Z][A-Z0-9_]{0,63})?$/;

/**
 * True for the name of a detector that an external analyzer answers for: `presidio` (all entities that the
 * configuration names) or `presidio:PERSON`. Such names may stand in a mask's `find`, never in `detects`, which can't
 * wait for an answer.
 */
export function isAnalyzerName(text: string): boolean {
  return NAME.test(text);
}
