/** What may stand before the colon of a token. */
const LABEL = /^[a-z0-9-]{1,32}$/;

/** True of what a token can be called. */
export function isTokenLabel(text: string): boolean {
  return LABEL.test(text);
}

/** What a token is called whose value is found under a name: `Person ID` gives `person-id`, anything odd gives `value`. */
export function tokenLabel(name: string | undefined): string {
  const label = (name ?? '')
    .toLowerCase()
    .replace(/[\s_.:]+/g, '-')
    .replace(/^-|-$/g, '');
  return isTokenLabel(label) ? label : 'value';
}
