import { Html, type HtmlPart, html, htmlText } from '../../../../admin/pages/html.ts';
import { isList, isObject, type Json } from '../../../../model/json.ts';
import { visibleJson, visibleLines } from '../../../../model/visible.ts';
import type { Place } from '../../../../replay/timeline/masked-places.ts';

export interface ValueOptions {
  /** Where the value is in its message. */
  readonly place: Place;
  /** Places of the message that masks have changed. */
  readonly masked: readonly Place[];
  /** Characters that are shown at most; left out: all. */
  readonly most?: number | undefined;
}

/** A value as it may be read, with what masks have changed marked: text as it is, all else as indented JSON. */
export function valueHtml(value: Json, { place, masked, most }: ValueOptions): Html {
  const near = masked.filter((one) => leads(place, one) || leads(one, place));
  const text = typeof value === 'string' ? visibleLines(value).join('\n') : undefined;
  if (text !== undefined) return marked(shortened(text, most), near.length > 0);
  if (near.length === 0) return shortened(visibleJson(value, 2), most);
  const isTooMuch = most !== undefined && JSON.stringify(value).length > most;
  if (isTooMuch) return shortened(visibleJson(value, 2), most);
  return htmlOf(value, place, near, '');
}

/** JSON with its masked strings marked. Only the branches that have one are gone through. */
function htmlOf(value: Json, place: Place, masked: readonly Place[], indent: string): Html {
  const near = masked.filter((one) => leads(place, one) || leads(one, place));
  if (near.length === 0) return htmlText(visibleJson(value, 2).replaceAll('\n', `\n${indent}`));
  const inner = `${indent}  `;
  const own = (name: string | number, item: Json) => htmlOf(item, [...place, name], near, inner);
  if (isList(value) && value.length > 0) {
    const items = value.map((item, index) => own(index, item));
    return html`[${joined(items, inner)}\n${indent}]`;
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    const items = Object.entries(value).map(([name, item]) => {
      return html`${htmlText(visibleJson(name))}: ${own(name, item)}`;
    });
    return html`{${joined(items, inner)}\n${indent}}`;
  }
  return marked(htmlText(visibleJson(value)), true);
}

function joined(items: readonly Html[], indent: string): HtmlPart {
  return items.map((item, index) => html`${index === 0 ? '' : ','}\n${indent}${item}`);
}

function marked(text: Html, isMasked: boolean): Html {
  return isMasked ? html`<mark>${text}</mark>` : text;
}

function shortened(text: string, most = Number.POSITIVE_INFINITY): Html {
  if (text.length <= most) return htmlText(text);
  const start = text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
  return new Html(
    `${htmlText(start).text}… (${text.length - start.length} more characters; --full shows them)`,
  );
}

/** True where one place is another, or holds it. */
function leads(place: Place, other: Place): boolean {
  return place.length <= other.length && place.every((step, index) => step === other[index]);
}
