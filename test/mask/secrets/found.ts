import { secrets } from '../../../src/mask/detectors/secrets/secrets.ts';

const byName = new Map(secrets.map((detector) => [detector.name, detector]));

/** What one detector of secrets finds in a text, or in a field. */
export function found(name: string, text: string, field?: string): string[] {
  const detector = byName.get(name);
  if (detector === undefined) throw new Error(`no detector ${name}`);
  return detector.find(text, field).map(({ start, end }) => text.slice(start, end));
}

/** What all of them find, with their names. */
export function foundByAll(text: string, field?: string): string[] {
  return secrets.flatMap(({ name }) =>
    found(name, text, field).map((value) => `${name}: ${value}`),
  );
}
