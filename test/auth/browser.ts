/** A request with the cookies of a browser, which are kept without regard to their paths. */
export async function visit(url: string, jar: Map<string, string>, init: RequestInit = {}) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(url, { ...init, headers: { cookie }, redirect: 'manual' });
  for (const line of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }
  return response;
}

/** Does what a browser does from the address that a client opens up to the answer at the client's address. */
export async function logInAt(url: string, user: string): Promise<URL> {
  const jar = new Map<string, string>();
  const login = new URL((await visit(url, jar)).headers.get('location') ?? '', url).href;
  const body = new URLSearchParams({ user });
  const chosen = await visit(login, jar, { method: 'POST', body });
  const resumed = await visit(chosen.headers.get('location') ?? '', jar);
  return new URL(resumed.headers.get('location') ?? '');
}
