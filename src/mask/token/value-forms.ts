/** From so many bytes on base64 says enough to be looked for. */
const MIN_BASE64 = 6;

/**
 * The ways in which a text is likely to be written inside another: as it is, escaped as in JSON (also twice) or HTML,
 * percent-encoded, normalized (Unicode), and in hexadecimal digits or base64, wherever it begins there. All of them
 * together are up to a hundred times as long as the text.
 *
 * @param few only what is likeliest: as it is, as in JSON, percent-encoded, and in base64
 */
export function formsOf(text: string, few = false): string[] {
  const plain = text.toWellFormed();
  const forms = new Set<string>([text]);
  const bytes = Buffer.from(plain, 'utf8');
  if (few) {
    forms.add(JSON.stringify(plain).slice(1, -1)).add(encodeURIComponent(plain));
  } else {
    for (const form of ['NFC', 'NFD', 'NFKC'] as const) forms.add(plain.normalize(form));
    for (const form of [...forms]) for (const escaped of escapedForms(form)) forms.add(escaped);
    forms.add(bytes.toString('hex'));
  }
  if (bytes.length >= MIN_BASE64) for (const form of base64Forms(bytes)) forms.add(form);
  forms.delete('');
  return [...forms];
}

/** How a whole number of four digits or more is written with its thousands apart; none for any other text. */
export function groupedForms(text: string): string[] {
  if (!/^\d{4,15}$/.test(text)) return [];
  const thousands = text.replace(/\B(?=(?:\d{3})+$)/g, '\0').split('\0');
  return [',', '.', ' ', '\u00a0', '\u202f', "'", '\u2019', '_'].map((one) => thousands.join(one));
}

function escapedForms(text: string): string[] {
  const plain = text.toWellFormed();
  const inJson = JSON.stringify(plain).slice(1, -1);
  const ascii = inJson.replace(/[\x7f-\uffff]/g, (one) => {
    return `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  const inUrl = encodeURIComponent(plain);
  const strict = inUrl.replace(/[!'()*~._-]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  const inHtml = plain.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return [
    ...[inJson, ascii, inJson.replaceAll('/', '\\/'), JSON.stringify(inJson).slice(1, -1)],
    ...[inUrl, inUrl.replaceAll('%20', '+'), encodeURI(plain), strict, encodeURIComponent(inUrl)],
    inUrl.replace(/%(?:2[16789A]|7E)/g, decodeURIComponent),
    ...[inHtml, inHtml.replace(/"/g, '&quot;').replace(/'/g, '&#39;')],
    inHtml.replace(/"/g, '&#34;').replace(/'/g, '&apos;'),
    ...[10, 16].map((base) => inEntities(plain, base)),
    ...(plain.includes('@') ? AT_SIGNS.map((at) => plain.replaceAll('@', at)) : []),
  ];
}

/** How HTML, mail (RFC 2045, section 6.7) and JSON may write what programs look for in addresses. */
const AT_SIGNS = ['&#64;', '&#x40;', '&commat;', '=40', '\\u0040'];

/** Each character as a number, which hides addresses from programs that gather them. */
function inEntities(text: string, base: number): string {
  return [...text]
    .map((one) => `&#${base === 16 ? 'x' : ''}${(one.codePointAt(0) ?? 0).toString(base)};`)
    .join('');
}

/** What of the base64 of a longer text is surely this one's, for each of the three ways in which it can begin. */
function base64Forms(bytes: Uint8Array): string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((whole.length * 8) / 6);
    return [whole.toString('base64').slice(from, to), whole.toString('base64url').slice(from, to)];
  });
}
