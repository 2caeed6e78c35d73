import { detectors } from '../../../src/mask/detectors.ts';

/** What a detector finds in a text, as text. */
export function found(name: string, text: string, field?: string): string[] {
  const detector = detectors.get(name);
  if (!detector) throw new TypeError(`there is no detector ${name}`);
  return detector.find(text, field).map(({ start, end }) => text.slice(start, end));
}
