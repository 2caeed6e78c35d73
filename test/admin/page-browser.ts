/** What a browser keeps and sends, as far as pages without scripts need it. */
export class PageBrowser {
  readonly cookies = new Map<string, string>();
  /** Headers of the last answer. */
  headers = new Headers();
  /** Set-Cookie headers so far. */
  readonly setCookies: string[] = [];

  /** One request, redirects not followed. */
  async request(url: string, form?: Readonly<Record<string, string>>, headers = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = form
      ? {
          method: 'POST',
          body: new URLSearchParams(form),
          headers: { origin: new URL(url).origin },
        }
      : {};
    const response = await fetch(url, {
      ...sent,
      redirect: 'manual',
      headers: { ...sent.headers, ...(cookie && { cookie }), ...headers },
    });
    for (const line of response.headers.getSetCookie()) {
      this.setCookies.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    this.headers = response.headers;
    const location = response.headers.get('location');
    const text = await response.text();
    return { status: response.status, text, to: location ? new URL(location, url).href : '' };
  }

  /** Opens a page, and logs in as somebody where the issuer asks who it is. */
  async open(url: string, user = '') {
    let at = url;
    for (let step = 0; step < 12; step++) {
      const isLogin = new URL(at).pathname.startsWith('/login/') && !at.includes('/login/callback');
      const answer = await this.request(at, isLogin ? { user } : undefined);
      if (answer.to === '') return { ...answer, url: at };
      at = answer.to;
    }
    throw new Error(`${url} redirects for ever`);
  }

  /** Sends the form of a page, as a click on one of its buttons does. */
  async press(page: { readonly url: string; readonly text: string }, button: string, fields = {}) {
    const forms = page.text.match(/<form[\s\S]*?<\/form>/g) ?? [];
    const form = forms.find((one) => one.includes(`value="${button}">`));
    if (!form) throw new Error(`the page has no button ${button}`);
    const hidden = [...form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
    const action = /action="([^"]*)"/.exec(form)?.[1] ?? '';
    const given = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
    const target = new URL(action, page.url).href;
    const answer = await this.request(target, { ...given, do: button, ...fields });
    return answer.to === '' ? { ...answer, url: target } : this.open(answer.to);
  }
}
