import * as z from 'zod';
import { isLoopback } from '../../model/loopback.ts';

// Kinds of values that stand at many places of the configuration.

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SIZES = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 } as const;

function quantity(units: Readonly<Record<string, number>>, example: string) {
  const names = Object.keys(units);
  const error = `must be a number with a unit (${names.join(', ')}), such as ${example}`;
  return z
    .string({ error })
    .regex(new RegExp(`^\\d+(?:\\.\\d+)?\\s*(?:${names.join('|')})$`), { error })
    .transform((text) => {
      const unit = text.replace(/^[\d.\s]+/, '');
      return Math.round(Number.parseFloat(text) * (units[unit] ?? Number.NaN));
    });
}
/** Timers hold 31 bits of milliseconds; one that is set for longer goes off at once. */
const LONGEST = 24 * UNITS.d;
const notZero = { error: 'must be more than 0' };
/** `30s`: becomes milliseconds. */
export const duration = quantity(UNITS, '30s').refine((ms) => ms <= LONGEST, {
  error: 'must be at most 24d',
});
/** A duration for which nothing would make no sense. */
export const span = duration.refine((ms) => ms > 0, notZero);
/** `90d`: becomes milliseconds; for what no timer waits for. */
export const days = quantity(UNITS, '90d').refine((ms) => ms > 0, notZero);
/** `4MiB`: becomes bytes. */
export const size = quantity(SIZES, '4MiB').refine((bytes) => bytes > 0, notZero);
export const count = z.int().positive();

export const httpUrl = z
  .string()
  .refine(isHttpUrl, { error: 'must be an http:// or https:// URL' });
export const issuerUrl = httpUrl.refine(isSecureOrLoopback, {
  error: 'must be https:// (http:// is for loopback only)',
});

export const tls = z.strictObject({
  cert: z.string().min(1).describe('PEM file with the certificate, then its chain.'),
  key: z.string().min(1).describe('PEM file with the private key, without a passphrase.'),
});

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

/** True of https:// and of http:// that stays on the machine. */
export function isSecureOrLoopback(text: string): boolean {
  // That it is no URL at all is said already.
  if (!URL.canParse(text)) return true;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || isLoopback(hostname);
}
