import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  ...{ 'http:': 80, 'https:': 443, 'ws:': 80, 'wss:': 443, 'ftp:': 21 },
};
/**
 * Text that parsers disagree about: characters that browsers drop or turn round, two `@`, or a host without `//`. What
 * the gate reads might not be what the upstream asks.
 */
const AMBIGUOUS = /[\p{Cc}\\]|^\s|\s$|^[^:]*:\/\/[^/?#]*@[^/?#]*@|^[^:]*:(?!\/\/[^/])/u;

/** URLs may have other signs in their hosts, such as `;` and `&`, where some parsers take the host to end. */
const PLAIN_HOST = /^(?:[a-z\d._-]+|\[[a-f\d:.]+\])$/;

/** The parts of an absolute URL that rules can judge. */
export interface UrlParts {
  /** Without the colon, in lower case. */
  readonly scheme: string;
  /** In lower case, punycode or canonical IP address, IPv6 in brackets; no dot at the end. */
  readonly host: string;
  /** The one that is written, or that goes with the scheme; undefined where neither says. */
  readonly port: number | undefined;
  readonly path: string;
  /** `user:password`; undefined where there is none. */
  readonly credentials: string | undefined;
}

/** Takes an absolute URL with a host apart; undefined where it is none, or could be read in two ways. */
export function urlParts(text: string): UrlParts | undefined {
  if (AMBIGUOUS.test(text)) return undefined;
  const url = URL.parse(text);
  const host = url && canonicalHost(url.hostname);
  if (!url || !host) return undefined;
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port);
  const { username, password } = url;
  return {
    scheme: url.protocol.slice(0, -1),
    host,
    port,
    path: url.pathname,
    credentials: username === '' && password === '' ? undefined : `${username}:${password}`,
  };
}

/**
 * A host as URLs are compared by: lower case, punycode, dotted IPv4, short IPv6 in brackets. Undefined where it is no
 * host, also where a port or anything else stands beside it.
 */
export function canonicalHost(host: string): string | undefined {
  const written = isIP(host) === 6 ? `[${host}]` : host;
  if (written === '' || /[/?#@\\\s]|:(?![^[]*\])/.test(written)) return undefined;
  // "example.com." is example.com, written with its root.
  const canonical = URL.parse(`http://${written}/`)?.hostname.replace(/\.$/, '') ?? '';
  return PLAIN_HOST.test(canonical) ? unmapped(canonical) : undefined;
}

/** An IPv4 address that is written as IPv6 (RFC 4291, section 2.5.5.2) is that address. */
function unmapped(host: string): string {
  const [, high, low] = /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/.exec(host) ?? [];
  if (high === undefined || low === undefined) return host;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/** A glob of hosts, label by label in punycode; undefined where it can't be a host's. */
export function canonicalHostGlob(glob: string): string | undefined {
  if (!/[*?]/.test(glob)) return canonicalHost(glob);
  if (/[/#@:\\\s]/.test(glob)) return undefined;
  const labels = glob.replace(/\.$/, '').split('.').map(canonicalLabel);
  return labels.includes(undefined) ? undefined : labels.join('.');
}

function canonicalLabel(label: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant.
  if (/^[\x00-\x7f]*$/.test(label)) return label.toLowerCase();
  return /[*?]/.test(label) ? undefined : domainToASCII(label) || undefined;
}
