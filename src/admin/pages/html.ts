import { escapedHtml } from '../../model/escaped-html.ts';
import { visibleLines } from '../../model/visible.ts';

/** Text that is HTML already: everything else is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in a template: nothing is shown for `undefined` and `false`. */
export type HtmlPart = Html | string | number | false | undefined | readonly HtmlPart[];

/**
 * Makes HTML of a template. What is put into it is text, whatever it looks like; attributes must stand in double
 * quotes. Characters that a reader can't see, or that turn the order of others around, are shown as escapes: whoever
 * approves a call must see what it is.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let text = strings[0] ?? '';
  for (const [index, part] of parts.entries()) text += render(part) + (strings[index + 1] ?? '');
  return new Html(text);
}

/** Text in which nothing is hidden, as it is: much faster than a template for what has many lines. */
export function htmlText(visibleText: string): Html {
  return new Html(escapedHtml(visibleText));
}

function render(part: HtmlPart): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  const text = typeof part === 'number' ? String(part) : visibleLines(part).join('\n');
  return escapedHtml(text);
}
