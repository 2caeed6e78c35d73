import { GateError } from '../model/errors.ts';

const LIST = /^\s*"[^"]*"(?:\s*,\s*"[^"]*")*\s*$/;

/**
 * The revisions that an If-Match header names (RFC 9110, section 13.1.1). `*` would be no condition at all, and weak
 * tags never match, so neither is taken.
 *
 * @throws GateError PRECONDITION_MISSING, ADMIN_REQUEST
 */
export function ifMatchOf(header: string | undefined, current: string): string[] {
  if (header === undefined || header.trim() === '*') {
    const hint = `send If-Match: "${current}" to change what is in force now`;
    const message = 'the request does not say which revision it changes';
    throw new GateError('PRECONDITION_MISSING', message, { hint });
  }
  if (!LIST.test(header)) {
    const hint = `write it as If-Match: "${current}"`;
    throw new GateError('ADMIN_REQUEST', 'the If-Match header is malformed', { hint });
  }
  return [...header.matchAll(/"([^"]*)"/g)].map(([, revision = '']) => revision);
}
