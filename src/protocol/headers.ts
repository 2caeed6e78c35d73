/** Header names of MCP over HTTP, in lower case. */
export const headers = {
  session: 'mcp-session-id',
  version: 'mcp-protocol-version',
  lastEvent: 'last-event-id',
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
