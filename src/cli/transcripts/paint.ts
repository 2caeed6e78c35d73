import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** What each word of a transcript looks like; words that aren't here stay plain. */
const styles: Readonly<Record<string, Format>> = {
  block: 'red',
  blocked: ['bold', 'red'],
  failed: ['bold', 'magenta'],
  cancelled: 'yellow',
  approve: 'yellow',
  held: 'yellow',
  masked: 'cyan',
  open: 'cyan',
};

export type Paint = (format: Format, text: string) => string;

/** Colours text, or leaves it. */
export function painter(colour: boolean): Paint {
  return (format, text) => {
    return colour && text !== '' ? styleText(format, text, { validateStream: false }) : text;
  };
}

/** Colours the text as its word deserves: an effect, an outcome, a kind of step. */
export function paintWord(paint: Paint, word: string, text: string = word): string {
  const style = Object.hasOwn(styles, word) ? styles[word] : undefined;
  return style === undefined ? text : paint(style, text);
}
