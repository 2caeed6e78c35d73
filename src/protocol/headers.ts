/** Header names of MCP over HTTP, in lower case. */
export const headers = {
  session: 'mcp-session-id',
  version: 'mcp-protocol-version',
  lastEvent: 'last-event-id',
  /** 2026-07-28: repeat the method, and the name or URI, of a request. */
  method: 'mcp-method',
  name: 'mcp-name',
} as const;

export const JSON_TYPE = 'application/json';
export const SSE_TYPE = 'text/event-stream';

/** The media type of a Content-Type, without parameters, in lower case. */
export function mediaType(value: string | undefined): string {
  return (value ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/**
 * True where an Accept header lets a media type through (RFC 9110, section 12.5.1): the range that says most about the
 * type decides, and quality 0 is a no.
 */
export function accepts(accept: string | undefined, type: string): boolean {
  if (accept === undefined) return false;
  const [major] = type.split('/');
  const ranges = accept.split(',').map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return { name, refused: parameters.some((text) => /^q\s*=\s*0(?:\.0*)?$/.test(text)) };
  });
  for (const name of [type, `${major}/*`, '*/*']) {
    const about = ranges.filter((range) => range.name === name);
    if (about.length > 0) return about.some(({ refused }) => !refused);
  }
  return false;
}

/** 2026-07-28: headers that repeat arguments of a tool begin so. */
export const PARAM_PREFIX = 'mcp-param-';

const ENCODED = /^=\?base64\?(.*)\?=$/s;
/** What a header can hold as it is; blanks at its ends would be lost on the way. */
const PLAIN = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;

/** A value as a header carries it (2026-07-28, transports, value encoding). */
export function encodeHeader(value: string): string {
  if (PLAIN.test(value) && !ENCODED.test(value)) return value;
  return `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

/** What may come as it is: a tab inside is allowed too (RFC 9110, section 5.5). */
const READABLE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;

/** The value that a header carries; undefined where it is malformed. */
export function decodeHeader(text: string): string | undefined {
  const [, encoded] = ENCODED.exec(text) ?? [];
  if (encoded === undefined) return READABLE.test(text) ? text : undefined;
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded))
    return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(encoded, 'base64'),
    );
  } catch {
    return undefined;
  }
}
