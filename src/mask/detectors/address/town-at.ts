const GAP = /[ \t]*(?:,|\r?\n|\\n| -| –)[ \t]*/y;
// A full stop ends a town's name, but for `St. Louis` and the like.
const WORD = "(?:(?:St|Ste|Sta|Mt|Ft|S)\\. ?)?\\p{Lu}[\\p{L}\\p{M}'’()-]*";
const PARTICLE =
  'sur|sous|les|le|la|de|del|di|da|do|dos|am|an|der|im|bei|ob|den|op|en|aan|nad|pod|upon|on|of|the';
const MORE = `(?:(?: | ?/ ?)(?:${WORD}|${PARTICLE})(?![\\p{L}\\d])){0,4}`;
const POSTCODES =
  '(?:[A-Z]{1,2}-)?(?:\\d{5}-\\d{3}|\\d{3}-\\d{4}|\\d{4} [A-Z]{2}|\\d{4,6}|\\d{2,3}[ -]\\d{2,3})';
const POSTCODE_TOWN = new RegExp(`${POSTCODES},? ${WORD}${MORE}`, 'uy');
const TOWN = new RegExp(`(?:г\\. ?)?${WORD}${MORE}`, 'uy');
const STATE_ZIP = /,? (?:[A-Z]{2}|[A-Z][a-z]+(?: [A-Z][a-z]+)?),? \d{5}(?:-\d{4})?(?!\d)/y;
const CODE =
  /(?:,|\r?\n|\\n)?[ \t]*(?:CEP:? )?(?:[A-Z]{1,2}\d[\dA-Z]? ?\d[A-Z]{2}|\d{5}-\d{3}|\d{3} ?\d{3}|\d{5}(?:-\d{4})?)(?![\d\p{L}])/uy;
const PLAIN_CODE = /^\D*\d{5}$/;
const CODE_BEFORE = /(?<!\d)\d{5,6}, (?:г\. ?)?\p{Lu}[\p{L}-]*(?: \p{Lu}[\p{L}-]*)?, $/u;
const MAX_BEFORE = 60;

/** Where a postcode and a town that go with a street end; `sure` where there are any. */
export function placeAfter(text: string, start: number): { end: number; sure: boolean } {
  const gap = matchEnd(GAP, text, start);
  if (gap === undefined) return { end: start, sure: false };
  const both = matchEnd(POSTCODE_TOWN, text, gap);
  if (both !== undefined) return { end: both, sure: true };
  const town = matchEnd(TOWN, text, gap);
  if (town === undefined) return { end: start, sure: false };
  const state = matchEnd(STATE_ZIP, text, town);
  if (state !== undefined) return { end: state, sure: true };
  const end = matchEnd(CODE, text, town);
  if (end === undefined) return { end: start, sure: false };
  // `Windows 11, Version 22621` is written like `Springfield 62704`.
  return { end, sure: !PLAIN_CODE.test(text.slice(town, end)) };
}

/** Where a postcode and a town begin that stand in front of a street, as in Russian; else the street's start. */
export function placeBefore(text: string, start: number, floor: number): number {
  const from = Math.max(floor, start - MAX_BEFORE);
  const found = CODE_BEFORE.exec(text.slice(from, start));
  return found === null ? start : from + found.index;
}

function matchEnd(form: RegExp, text: string, at: number): number | undefined {
  form.lastIndex = at;
  return form.test(text) ? form.lastIndex : undefined;
}
