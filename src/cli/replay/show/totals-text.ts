import { visible } from '../../../model/visible.ts';
import type { Totals } from '../../../replay/timeline/totals.ts';
import { counted } from '../../report.ts';
import { gapText } from './gap-text.ts';

/** Names that a line shows. */
const MOST = 5;

/** What a timeline is about: pairs of a name and a text, safe to print. */
export function aboutFacts(totals: Totals): [string, string][] {
  const { from, until, exchanges } = totals;
  if (exchanges === 0) return [];
  const begin = new Date(from).toISOString().replace('T', ' ').replace('Z', ' UTC');
  const all: [string, string][] = [
    ['who', names(totals.callers)],
    ['agent', names(totals.agents)],
    ['session', names(totals.sessions)],
    ['MCP', names(totals.protocols)],
    ['upstream', names(totals.upstreams)],
    ['when', `${begin}, for ${gapText(Math.max(0, until - from))}`],
  ];
  return all.filter(([, text]) => text !== '');
}

/** What came of it: a sentence for each thing worth one. */
export function outcomeLines(totals: Totals): string[] {
  const { exchanges, steps, withMasks, withHolds, sealed } = totals;
  const outcomes = [...totals.outcomes].map(([outcome, count]) => `${count} ${outcome}`);
  const masks = counts(totals.masked);
  return [
    `${counted(exchanges, 'exchange')} in ${counted(steps, 'step')}: ${outcomes.join(', ')}`,
    ...(withMasks === 0 ? [] : [`masked in ${counted(withMasks, 'exchange')}: ${masks}`]),
    ...(withHolds === 0 ? [] : [`${counted(withHolds, 'exchange')} waited for people`]),
    ...(sealed === 0
      ? []
      : [`${counted(sealed, 'message')} came otherwise, with a sealed original`]),
    ...(totals.blockedBy.size === 0 ? [] : [`blocked by rules: ${counts(totals.blockedBy)}`]),
  ];
}

function names(all: ReadonlyMap<string, number>): string {
  const listed = [...all.keys()].slice(0, MOST).map(visible);
  const more = all.size - listed.length;
  return listed.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function counts(all: ReadonlyMap<string, number>): string {
  const sorted = [...all].sort(([, a], [, b]) => b - a);
  const listed = sorted.slice(0, MOST).map(([name, count]) => `${visible(name)} ${count}`);
  const more = sorted.length - listed.length;
  return listed.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
