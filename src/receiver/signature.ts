import { createHmac } from 'node:crypto';

/**
 * The value of the header Sallyport-Signature: `t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA-256 of
 * `SECONDS.ID.BODY`. A receiver that checks it, and refuses what is older than some minutes, takes nothing that
 * somebody else made, changed or sent again.
 *
 * @param now milliseconds since the epoch
 * @param id the value of Idempotency-Key
 * @param body as it is sent
 */
export function signature(
  secret: string,
  now: number,
  id: string,
  body: string | Uint8Array,
): string {
  const seconds = Math.floor(now / 1_000);
  const digest = createHmac('sha256', secret).update(`${seconds}.${id}.`).update(body);
  return `t=${seconds},v1=${digest.digest('hex')}`;
}
