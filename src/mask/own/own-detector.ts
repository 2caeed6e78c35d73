import type { DetectorSpec } from '../../model/decision.ts';
import type { Detector } from '../detector.ts';
import { patternDetector } from './own-pattern.ts';
import { wordDetector } from './own-words.ts';

const made = new WeakMap<DetectorSpec, Detector>();

/**
 * The detector that a policy defines. It is made once for each definition.
 *
 * @throws Error with what is wrong with its pattern
 */
export function ownDetector(spec: DetectorSpec): Detector {
  const known = made.get(spec);
  if (known) return known;
  const detector = ofText(JSON.stringify(spec));
  made.set(spec, detector);
  return detector;
}

/** By its text too: what comes from another thread is another object each time. */
const byText = new Map<string, Detector>();
/** Past so many all are forgotten at once. */
const MOST = 500;

function ofText(text: string): Detector {
  const known = byText.get(text);
  if (known) return known;
  const spec = JSON.parse(text) as DetectorSpec;
  const detector =
    'pattern' in spec
      ? patternDetector(spec.name, spec.pattern)
      : wordDetector(spec.name, spec.words, spec.ignoreCase);
  if (byText.size >= MOST) byText.clear();
  byText.set(text, detector);
  return detector;
}
