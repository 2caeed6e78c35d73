import { isIP } from 'node:net';
import { RE2JS } from 're2js';
import { any, type Verdict, verdict } from './outcomes.ts';

/** `*` is any run of characters and `?` one; with a separator both stop at it, and `**` does not. */
export function fits(glob: string, text: string, separator?: string): boolean {
  if (glob === '*' && text !== undefined) return true;
  return fitsFrom([...glob], [...text], separator);
}

function fitsFrom(
  glob: readonly string[],
  text: readonly string[],
  separator: string | undefined,
): boolean {
  const [head, ...rest] = glob;
  if (head === undefined) return text.length === 0;
  if (head === '*') {
    const deep = rest[0] === '*' || separator === undefined;
    const after = rest[0] === '*' ? rest.slice(1) : rest;
    for (let length = 0; length <= text.length; length++) {
      if (length > 0 && !deep && text[length - 1] === separator) return false;
      if (fitsFrom(after, text.slice(length), separator)) return true;
    }
    return false;
  }
  const [letter, ...others] = text;
  if (letter === undefined) return false;
  if (head === '?' ? letter === separator : letter !== head) return false;
  return fitsFrom(rest, others, separator);
}

const patterns = new Map<string, RE2JS>();

/** The pattern is found in the text as it came, or in its NFC form. */
export function finds(pattern: string, text: string): boolean {
  const known = patterns.get(pattern) ?? RE2JS.compile(pattern);
  patterns.set(pattern, known);
  return known.matcher(text).find() || known.matcher(text.normalize('NFC')).find();
}

/** Whether a path lies within one of the folders. */
export function within(path: string, folders: readonly string[]): Verdict {
  if (couldBeAnywhere(path)) return 'fault';
  const place = resolve(path);
  if (place === undefined) return 'fault';
  const absolute = path.startsWith('/');
  const verdicts = folders.map((folder): Verdict => {
    if (folder.startsWith('/') !== absolute) return 'fault';
    const top = resolve(folder) ?? [];
    return verdict(top.every((name, index) => place[index] === name));
  });
  return any(verdicts);
}

/** Control characters, backslashes, escapes of dots, separators and the escape itself, drives, URLs, homes, odd dots. */
function couldBeAnywhere(path: string): boolean {
  if (/\p{Cc}|\\|%(?:2e|2f|5c|00|25|c0|c1)/iu.test(path)) return true;
  if (/^[a-z][a-z0-9+.-]*:/i.test(path.trim()) || path.startsWith('~')) return true;
  // Windows takes dots and blanks off the end of a name.
  return path.split('/').some((name) => !/^\.{0,2}$/.test(name) && /^\s*\.[.\s]*$/.test(name));
}

/** The folders on the way, or undefined for a relative path that climbs above where it begins. */
function resolve(path: string): readonly string[] | undefined {
  const way: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') way.push(name);
    else if (way.length > 0) way.pop();
    else if (!path.startsWith('/')) return undefined;
  }
  return way;
}

/** An absolute URL with a host, as browsers read it; undefined where it is none, or has more than one reading. */
export function urlOf(text: string): { readonly url: URL; readonly host: string } | undefined {
  if (/[\p{Cc}\\]/u.test(text) || text !== text.trim()) return undefined;
  const [scheme = '', authority = ''] = text.split(/:\/\/|[/?#]/);
  if (!text.startsWith(`${scheme}://`) || authority.split('@').length > 2) return undefined;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  // Schemes that browsers don't know keep the capitals of their hosts; an http URL gives the host's one form.
  if (url.hostname === '' || !URL.canParse(`http://${url.hostname}/`)) return undefined;
  // `example.com.` is the same host as `example.com`.
  const host = new URL(`http://${url.hostname}/`).hostname.replace(/\.$/, '');
  return host === '' ? undefined : { url, host };
}

/** Whether an IP address is in one of the networks. */
export function inNetworks(address: string, networks: readonly string[]): Verdict {
  if (isIP(address) === 0) return 'fault';
  // All addresses in 128 bits: an IPv4 address is the same as the IPv6 address it is mapped to.
  const bits = bitsOf(address);
  return verdict(
    networks.some((network) => {
      const [base = '', written] = network.split('/');
      const length = written ?? (isIP(base) === 4 ? 32 : 128);
      const shared = Number(length) + (isIP(base) === 4 ? 96 : 0);
      return bitsOf(base).slice(0, shared) === bits.slice(0, shared);
    }),
  );
}

/** An address as a text of 128 zeros and ones. */
function bitsOf(address: string): string {
  if (isIP(address) === 4) return bitsOf(`::ffff:${address}`);
  // The URL parser writes an address in one way, whatever way it came in.
  const plain = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(zeros).fill('0'), ...right]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}
