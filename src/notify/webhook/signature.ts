import { createHmac } from 'node:crypto';

/**
 * The value of the header Sallyport-Signature: `t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA-256 of
 * `SECONDS.ID.BODY`. A receiver that checks it, and refuses what is older than some minutes, takes nothing that
 * somebody else made, changed or sent again.
 *
 * @param seconds since the epoch
 * @param id the value of Idempotency-Key
 */
export function signature(secret: string, seconds: number, id: string, body: string): string {
  const digest = createHmac('sha256', secret).update(`${seconds}.${id}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}
