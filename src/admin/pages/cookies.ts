/** Cookies of a request by their names (RFC 6265, section 4.2.1); of two with one name the first, which is the closest. */
export function cookiesOf(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim();
    if (name !== '' && !cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim());
  }
  return cookies;
}

/**
 * The name of a cookie of the gate. Behind `https` no other host and no cleartext page can set one of it (RFC 6265bis,
 * section 4.1.3.2).
 */
export function cookieName(name: string, secure: boolean): string {
  return `${secure ? '__Host-' : ''}sallyport-${name}`;
}

/**
 * A Set-Cookie header for a cookie that no script reads, and that no other site's form brings along.
 *
 * @param seconds for how long; 0 deletes it
 */
export function setCookie(name: string, value: string, seconds: number, secure: boolean): string {
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.floor(seconds)}`;
  return `${name}=${value}; ${attributes}${secure ? '; Secure' : ''}`;
}
