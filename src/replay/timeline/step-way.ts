import type { ExchangeRecord, TranscriptEvent } from '../../model/transcript.ts';

/** Who takes part in an exchange. */
export type Party = 'client' | 'gate' | 'upstream' | 'people';

/** Who did a step, and towards whom; without `to` it concerns nobody else. */
export interface Way {
  readonly from: Party;
  readonly to?: Party;
}

const gate: Way = { from: 'gate' };
const people: Way = { from: 'people' };
const toClient: Way = { from: 'gate', to: 'client' };
const toUpstream: Way = { from: 'gate', to: 'upstream' };

/** What becomes of an approval because somebody says so. */
const DECIDED = ['granted', 'denied', 'revoked'];

/** Which way a step of an exchange went. */
export function wayOf(
  { kind, detail = {}, payload, revision }: TranscriptEvent,
  { sub }: Pick<ExchangeRecord, 'sub'>,
): Way {
  // What operators and upkeep do to transcripts comes from no client, and is the only thing without a revision.
  if (revision === '') return sub === undefined ? gate : people;
  switch (kind) {
    case 'opened':
    case 'received':
      if (detail.by === 'gate') return gate;
      return { from: detail.direction === 'down' ? 'upstream' : 'client', to: 'gate' };
    case 'forwarded':
      // What it says in the caller's name goes to the upstream; pages of approvals go to the client.
      if (detail.by === 'gate') return detail.approval === undefined ? toUpstream : toClient;
      // Towards the upstream goes what came, so only what goes to the client has its text here.
      if (payload === undefined) return toUpstream;
      return { from: 'upstream', to: 'client' };
    case 'answered':
      return { from: 'upstream', to: 'client' };
    case 'blocked':
      return payload === undefined ? gate : toClient;
    case 'held':
      return { from: 'gate', to: 'people' };
    case 'resolved':
      return DECIDED.includes(String(detail.state)) ? { from: 'people', to: 'gate' } : gate;
    case 'decided':
    case 'masked':
    case 'failed':
    case 'closed':
      return gate;
  }
}
