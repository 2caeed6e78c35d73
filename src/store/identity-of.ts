import type { IdentityFacts } from '../model/identity.ts';
import type { ExchangeRecord } from '../model/transcript.ts';
import type { TranscriptReader } from './contract.ts';

/** What the token of an exchange's caller said; undefined where it was not kept. */
export function identityOf(
  reader: Pick<TranscriptReader, 'fact'>,
  { identity }: Pick<ExchangeRecord, 'identity'>,
): IdentityFacts | undefined {
  if (identity === undefined) return undefined;
  return reader.fact(identity) as IdentityFacts | undefined;
}
