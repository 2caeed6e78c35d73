import { isIP } from 'node:net';

/** `192.0.2.7`, with a port or the length of a prefix. */
const IPV4 = /^(\d{1,3}(?:\.\d{1,3}){3})(?:\/(\d{1,2})|:\d{1,5})?$/;
/** `2001:db8::7`, in brackets with a port, with a zone, or with the length of a prefix. */
const IPV6 = /^\[?([\da-f:.]{2,45})(?:%[\w.-]{1,32})?(?:\/(\d{1,3}))?(?:\](?::\d{1,5})?)?$/i;
const GROUPS = 8;
const GROUP_BITS = 16;

/**
 * The network of an IP address, as RFC 4632 and RFC 5952 write it: `192.0.2.0/24`. Port and zone go.
 *
 * @param ipv4 bits that stay; a prefix that is shorter already stays as it is
 * @returns undefined for what is no address
 */
export function networkOf(
  text: string,
  { ipv4, ipv6 }: { readonly ipv4: number; readonly ipv6: number },
): string | undefined {
  const [, four = '', fourPrefix = '32'] = IPV4.exec(text) ?? [];
  if (isIP(four) === 4) return fourNetwork(four, Math.min(ipv4, Number(fourPrefix)));
  const [, six = '', sixPrefix = '128'] = IPV6.exec(text) ?? [];
  if (isIP(six) !== 6) return undefined;
  const groups = groupsOf(six);
  const mapped = embedded(groups);
  if (mapped !== undefined && sixPrefix === '128') return fourNetwork(mapped, ipv4);
  const bits = Math.min(ipv6, Number(sixPrefix));
  return `${written(groups.map((group, index) => cut(group, bits - index * GROUP_BITS, 16)))}/${bits}`;
}

function fourNetwork(text: string, bits: number): string {
  const bytes = text.split('.').map((byte, index) => cut(Number(byte), bits - index * 8, 8));
  return `${bytes.join('.')}/${bits}`;
}

/** A number of so many bits with only the first of them left. */
function cut(value: number, keep: number, bits: number): number {
  if (keep >= bits) return value;
  return keep <= 0 ? 0 : value & ~((1 << (bits - keep)) - 1);
}

function groupsOf(address: string): number[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    return `${hex(Number(a) * 256 + Number(b))}:${hex(Number(c) * 256 + Number(d))}`;
  });
  const [head = '', tail] = plain.split('::');
  const before = numbers(head);
  if (tail === undefined) return before;
  const after = numbers(tail);
  return [...before, ...Array(GROUPS - before.length - after.length).fill(0), ...after];
}

const hex = (value: number) => value.toString(16);
const numbers = (text: string) =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));

/** The IPv4 address inside ::ffff:0:0/96 (RFC 4291, section 2.5.5.2). */
function embedded(groups: readonly number[]): string | undefined {
  const [, , , , , marker, high = 0, low = 0] = groups;
  if (marker !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** RFC 5952: lower case, the longest run of two zeros or more becomes `::`, the first of several. */
function written(groups: readonly number[]): string {
  let [start, length] = [0, 1];
  for (let from = 0; from < GROUPS; from++) {
    let end = from;
    while (end < GROUPS && groups[end] === 0) end++;
    if (end - from > length) [start, length] = [from, end - from];
  }
  const text = (part: readonly number[]) => part.map(hex).join(':');
  if (length === 1) return text(groups);
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}
