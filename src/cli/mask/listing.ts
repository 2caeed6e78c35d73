import { detectorGroups, detectors } from '../../mask/detectors.ts';
import { maskerNames } from '../../mask/masker.ts';
import { maskerLines, summaries } from './summaries.ts';

/** What masks can name: every detector, group and masker, with a line on each. */
export interface Listing {
  readonly detectors: readonly Listed[];
  readonly groups: readonly (Listed & { readonly detectors: readonly string[] })[];
  readonly maskers: readonly Listed[];
}

interface Listed {
  readonly name: string;
  readonly summary: string;
}

export function listing(): Listing {
  return {
    detectors: [...detectors.keys()].map((name) => ({ name, summary: summaryOf(name) })),
    groups: [...detectorGroups].map(([name, members]) => {
      return { name, summary: summaryOf(name), detectors: members.map((one) => one.name) };
    }),
    maskers: maskerNames.map((name) => ({ name, summary: maskerLines[name] })),
  };
}

/** The same for people. */
export function listingText({ detectors: found, groups, maskers }: Listing): string {
  const width = Math.max(...[...found, ...groups, ...maskers].map(({ name }) => name.length)) + 2;
  const lines = (items: readonly Listed[]) =>
    items.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`).join('');
  return [
    `Detectors (find):\n${lines(found)}`,
    `  ${'presidio:NAME'.padEnd(width)}what an external analyzer finds, where one is configured\n`,
    `\nGroups (find):\n${lines(groups)}`,
    `\nMaskers (with):\n${lines(maskers)}`,
  ].join('');
}

function summaryOf(name: string): string {
  return Object.hasOwn(summaries, name) ? (summaries[name] ?? '') : '';
}
