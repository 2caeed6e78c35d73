/** What a Retry-After header may be handed on as (RFC 9110, section 10.2.3). */
const RETRY_AFTER = /^[\x20-\x7e]{1,64}$/;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The value of a header, the first where it came several times. */
export function headerText(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** When to try again; undefined where the upstream didn't say, or nothing that another header can hold. */
export function retryAfterIn(headers: Headers): string | undefined {
  const value = headerText(headers, 'retry-after');
  return value !== undefined && RETRY_AFTER.test(value) ? value : undefined;
}
