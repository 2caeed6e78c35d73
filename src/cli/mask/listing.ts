import { detectorGroups, detectors } from '../../mask/detectors.ts';
import { maskerNames } from '../../mask/masker.ts';
import { detectorSummaries } from '../../policy/detector-summaries.ts';
import { maskerSummaries } from '../../policy/masker-summaries.ts';

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

/** The reference has links where a terminal has none. */
const LINK = /\[([^\]]+)\]\([^)]*\)/g;
/** Names that a line lists before it counts them. */
const MAX_NAMES = 6;

export function listing(): Listing {
  return {
    detectors: [...detectors.keys()].map((name) => {
      return { name, summary: detectorSummaries.get(name)?.finds ?? '' };
    }),
    groups: [...detectorGroups].map(([name, members]) => {
      const names = members.map((one) => one.name);
      return { name, summary: namesText(names), detectors: names };
    }),
    maskers: maskerNames.map((name) => {
      const { gives = '', with: how = '' } = maskerSummaries.get(name) ?? {};
      const summary = gives.replace(LINK, '$1');
      return { name, summary: how === name ? summary : `${summary}: \`with: ${how}\`` };
    }),
  };
}

/** The same for people. */
export function listingText({ detectors: found, groups, maskers }: Listing): string {
  const width = Math.max(...[...found, ...groups, ...maskers].map(({ name }) => name.length)) + 2;
  const lines = (items: readonly Listed[]) =>
    items.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`).join('');
  return [
    `Detectors (find):\n${lines(found)}`,
    `  ${'presidio:NAME'.padEnd(width)}What an external analyzer finds, where one is configured\n`,
    `\nGroups (find):\n${lines(groups)}`,
    `\nMaskers (with):\n${lines(maskers)}`,
  ].join('');
}

function namesText(names: readonly string[]): string {
  if (names.length === detectors.size) return 'All of them';
  const more = names.length - MAX_NAMES;
  const first = more > 1 ? names.slice(0, MAX_NAMES) : names;
  return more > 1 ? `${first.join(', ')} and ${more} more` : first.join(', ');
}
