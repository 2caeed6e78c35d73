import type { Detector, Span } from '../../detector.ts';
import { aiKey } from './ai-key.ts';
import { authHeader } from './auth-header.ts';
import { awsKey } from './aws-key.ts';
import { azureKey } from './azure-key.ts';
import { databaseUrl } from './database-url.ts';
import { gcpKey } from './gcp-key.ts';
import { githubToken } from './github-token.ts';
import { gitlabToken } from './gitlab-token.ts';
import { jwt } from './jwt.ts';
import { keyedSecret } from './keyed-secret.ts';
import type { SecretKind } from './mark.ts';
import { MarkSearch } from './mark-search.ts';
import { npmToken } from './npm-token.ts';
import { privateKey } from './private-key.ts';
import { providerKey } from './provider-key.ts';
import { slackToken } from './slack-token.ts';
import { stripeKey } from './stripe-key.ts';

// The sure ones first: of several that find the same, the first names it.
const kinds: readonly SecretKind[] = [
  privateKey,
  jwt,
  awsKey,
  gcpKey,
  azureKey,
  githubToken,
  gitlabToken,
  slackToken,
  stripeKey,
  npmToken,
  aiKey,
  providerKey,
  databaseUrl,
  authHeader,
  keyedSecret,
];
const search = new MarkSearch(kinds);
const NOTHING: readonly Span[] = [];

/** The detectors of the group `secrets`. All of them together look through a text once. */
export const secrets: readonly Detector[] = kinds.map((kind, index) => ({
  name: kind.name,
  needs: kind.needs,
  find: (text, field) => spansOf(kind, index, text, field),
}));

function spansOf(kind: SecretKind, index: number, text: string, field?: string): readonly Span[] {
  const whole = field === undefined ? undefined : kind.inField?.(text, field);
  if (whole !== undefined) return [whole];
  const hits = search.hits(text, index);
  if (hits.length === 0) return NOTHING;
  const spans: Span[] = [];
  let floor = 0;
  for (let i = 0; i < hits.length; i += 2) {
    const at = hits[i] as number;
    const mark = kind.marks[hits[i + 1] as number];
    if (mark === undefined || (at < floor && !mark.beyond)) continue;
    const span = mark.spanAt(text, at, floor);
    if (typeof span === 'number') floor = Math.max(floor, span);
    if (typeof span !== 'object' || span.start < floor) continue;
    spans.push(span);
    floor = span.end;
  }
  return spans;
}
