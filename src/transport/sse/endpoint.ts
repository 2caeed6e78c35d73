import { GateError } from '../../model/errors.ts';

/** Longer addresses are a mistake, or meant to fill something. */
const MAX_LENGTH = 8_192;

/**
 * The path to send messages to, from the data of an `endpoint` event (2024-11-05, transports). Only the origin that the
 * operator named may get them: messages hold the operator's credentials and what the client said.
 *
 * @param url the address that the stream was opened at
 * @returns UPSTREAM_INVALID where it is no such address
 */
export function endpointPath(data: string, url: string): string | GateError {
  const endpoint = data.length <= MAX_LENGTH ? URL.parse(data, url) : null;
  if (!endpoint) return new GateError('UPSTREAM_INVALID', 'the upstream named no valid endpoint');
  const { origin, protocol } = new URL(url);
  // A `blob:` URL has the origin of the URL inside it.
  if (endpoint.origin !== origin || endpoint.protocol !== protocol) {
    const message = 'the upstream named an endpoint of another origin';
    return new GateError('UPSTREAM_INVALID', message);
  }
  return `${endpoint.pathname}${endpoint.search}`;
}
