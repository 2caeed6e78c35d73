import { DEEP, EACH, type PathSegment } from '../../model/decision.ts';

/** Longest path that is accepted, in steps. */
const MAX_STEPS = 32;
// One step: `.name`, `.*`, `.**`, `[3]`, `[*]`, or `["any text"]`.
const STEP =
  /\.?(?:(\*\*)|(\*)|([^.[\]*"'\s]+))|\[(?:(\d{1,9})|(\*)|"((?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})*)")\]/uy;

/**
 * Reads a path such as `structuredContent.rows[*].salary` or `args["first.name"]`.
 *
 * @returns the steps, or a sentence that says what is wrong.
 */
export function parsePath(text: string): readonly PathSegment[] | string {
  const steps: PathSegment[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const match = STEP.exec(text);
    const needsDot = at > 0 && text[at] !== '.' && text[at] !== '[';
    if (!match || needsDot || (at === 0 && text[0] === '.')) {
      return `the path "${text}" can't be read from character ${at + 1} on`;
    }
    steps.push(stepOf(match));
    if (steps.length > MAX_STEPS) return `the path has more than ${MAX_STEPS} steps`;
  }
  return steps.length > 0 ? steps : 'the path is empty';
}

function stepOf(match: RegExpExecArray): PathSegment {
  const [, deep, each, name, index, eachElement, quoted] = match;
  if (deep !== undefined) return DEEP;
  if (each !== undefined || eachElement !== undefined) return EACH;
  if (index !== undefined) return Number(index);
  if (quoted !== undefined) return JSON.parse(`"${quoted}"`) as string;
  return name ?? '';
}

/** The path as it would be written. */
export function formatPath(path: readonly PathSegment[]): string {
  let text = '';
  for (const step of path) {
    if (step === DEEP) text += '.**';
    else if (step === EACH) text += '[*]';
    else if (typeof step === 'number') text += `[${step}]`;
    else text += /^[^.[\]*"'\s]+$/.test(step) ? `.${step}` : `[${quoted(step)}]`;
  }
  return text.startsWith('.') ? text.slice(1) : text;
}

/** JSON leaves DEL and what follows it (C1) as they are; a path has no control characters. */
function quoted(step: string): string {
  return JSON.stringify(step).replace(
    /[\x7f-\x9f]/g,
    (one) => `\\u00${one.charCodeAt(0).toString(16)}`,
  );
}
