import { isList, isObject } from '../../model/json.ts';
import type { TranscriptEvent } from '../../model/transcript.ts';
import { visible } from '../../model/visible.ts';
import { type MaskNote, maskNotes } from '../../replay/mask-notes.ts';
import { counted } from '../report.ts';
import { type Facts, factText, otherFacts, placeLines } from './facts.ts';

/** Places that the line of one mask names. */
const MOST_PLACES = 5;
const SAID = ['what', 'rule', 'with', 'count', 'places', 'more', 'masks', 'tokens'];

/** What a `masked` step says: a line for each mask, what became of tokens, and where the message changed. */
export function maskedLines(event: TranscriptEvent): string[] {
  const { detail = {} } = event;
  const notes = maskNotes(event);
  const isOld = !isList(detail.masks);
  return [
    ...notes.map((note) => (isOld ? oldLine(note, detail) : noteLine(note))),
    ...tokenLines(detail),
    // Each mask names its places; what is left to say is where the message changed.
    ...(notes.some(({ places }) => places.length > 0) && !isOld
      ? []
      : placeLines(detail, 'places')),
    ...otherFacts(detail, notes.length === 0 ? SAID.slice(4) : SAID),
  ];
}

/** `email, redact, 3 times by hide: content[0].text, structuredContent.rows[1].email` */
function noteLine({ what, with: masker, count, rule, places }: MaskNote): string {
  const times = count === undefined ? [] : [counted(count, 'time')];
  const how = [visible(what), ...(masker === undefined ? [] : [visible(masker)]), ...times];
  const by = rule === undefined ? '' : ` by ${visible(rule)}`;
  const shown = places.slice(0, MOST_PLACES).map((place) => visible(place));
  const more = places.length > MOST_PLACES ? ' and others' : '';
  const where = shown.length === 0 ? '' : `: ${shown.join(', ')}${more}`;
  return how.join(', ') + by + where;
}

/** As older transcripts say it, and what the gate takes off by itself. */
function oldLine({ what, count, rule }: MaskNote, { tokens }: Facts): string {
  const by = rule === undefined ? '' : ` by ${visible(rule)}`;
  const noun = isObject(tokens) ? 'time' : 'place';
  return `${visible(what)}${count === undefined || count === 0 ? '' : `, ${counted(count, noun)}`}${by}`;
}

/** Which tokens were put back for the upstream, and which stayed, and why. */
function tokenLines({ tokens }: Facts): string[] {
  if (!isObject(tokens)) return tokens === undefined ? [] : [`tokens: ${factText(tokens)}`];
  return Object.entries(tokens).flatMap(([why, list]) => {
    if (!isList(list) || list.length === 0) return [];
    const named = list.map(factText).join(', ');
    return why === 'revealed' ? `put back: ${named}` : `left as text (${visible(why)}): ${named}`;
  });
}
