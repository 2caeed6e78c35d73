import { type Document, visit } from 'yaml';

/** What a terminal obeys, or a reader can't see: it is written as an escape, for names come from anybody. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** Those that double quotes leave as they are. */
const STILL_HIDDEN = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text of a document, safe to print: hidden characters are escapes in quotes. */
export function yamlText(document: Document): string {
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && HIDDEN.test(scalar.value))
        scalar.type = 'QUOTE_DOUBLE';
    },
  });
  const text = document.toString({ lineWidth: 100, doubleQuotedMinMultiLineLength: 1_000_000 });
  return text.replace(STILL_HIDDEN, (character) => {
    return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
  });
}
