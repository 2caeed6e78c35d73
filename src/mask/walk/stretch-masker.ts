import type { Json } from '../../model/json.ts';
import type { Masker, REMOVED } from '../masker.ts';
import type { StrictestMasker } from '../maskers/strictest-masker.ts';
import { asWritten } from '../text/as-written.ts';
import type { Due } from '../use.ts';
import type { Hit, Stretch } from './hit.ts';

/** What takes the place of a stretch of a text. */
export function maskStretch(source: string, stretch: Stretch, masker: StrictestMasker): string {
  const { start, end, hits } = stretch;
  const [only] = hits;
  if (hits.length === 1 && only?.rewritten !== undefined) return only.rewritten;
  const due = dueTo(hits);
  const written = source.slice(start, end);
  if (hits.length > 1 && masker.resolve(due).spec.masker === 'keep') {
    return keptByAll(written, stretch, masker);
  }
  const whole = hits.filter((hit) => hit.start === start && hit.end === end);
  const repeats = whole.find((hit) => hit.repeats !== undefined)?.repeats;
  if (repeats !== undefined) return masker.valueAsText(repeats, due);
  const decoded = whole.find((hit) => hit.decoded !== undefined)?.decoded;
  if (decoded === undefined) return masker.text(written, due);
  return asWritten(masker.text(decoded, due), written);
}

/** The same where the stretch is all of a text, or of a number. */
export function maskWhole(
  value: Json,
  { start, end, hits }: Stretch,
  masker: StrictestMasker,
): Json | typeof REMOVED {
  const whole = hits.filter((hit) => hit.start === start && hit.end === end);
  const told = whole.find((hit) => hit.repeats !== undefined)?.repeats;
  const decoded = whole.find((hit) => hit.decoded !== undefined)?.decoded;
  return masker.value(told ?? decoded ?? value, dueTo(hits));
}

/** Everything that is due to any of several hits. */
export function dueTo(hits: readonly Hit[]): readonly Due[] {
  const [only] = hits;
  return hits.length === 1 && only ? only.due : hits.flatMap(({ due }) => due);
}

/** Only those characters that every masker shows which has to do with them. */
function keptByAll(written: string, { start, hits }: Stretch, masker: StrictestMasker): string {
  const hidden = new Uint8Array(written.length);
  for (const hit of hits) {
    const from = hit.start - start;
    const text = written.slice(from, hit.end - start);
    for (const due of hit.due) hideWhatIsMasked(hidden, from, text, masker.resolve([due]).masker);
  }
  let out = '';
  let at = 0;
  for (const character of written) {
    out += hidden[at] === 1 ? '*' : character;
    at += character.length;
  }
  return out;
}

function hideWhatIsMasked(hidden: Uint8Array, from: number, text: string, { text: mask }: Masker) {
  const before = [...text];
  const after = [...mask(text)];
  let at = from;
  for (const [index, character] of before.entries()) {
    if (before.length !== after.length || after[index] !== character) hidden[at] = 1;
    at += character.length;
  }
}
