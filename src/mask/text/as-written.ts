const JSON_SPECIAL = /["\\\p{Cc}]/u;
const URL_SPECIAL = /[\s%&+#=<>"]/g;
const HTML_SPECIAL = /[&<>"']/g;

/** What takes the place of encoded text, with as much encoded as would else be read as something other than text. */
export function asWritten(text: string, source: string): string {
  if (source.includes('\\')) {
    return JSON_SPECIAL.test(text) ? JSON.stringify(text).slice(1, -1) : text;
  }
  if (source.includes('%')) return text.replace(URL_SPECIAL, encodeURIComponent);
  if (!source.includes('&')) return text;
  return text.replace(HTML_SPECIAL, (one) => `&#${one.charCodeAt(0)};`);
}
