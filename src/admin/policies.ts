import * as z from 'zod';
import { BUNDLE_BYTES } from '../config/pushed/pushed-bundle.ts';
import type { Changed, PushedPolicies } from '../config/pushed/pushed-policies.ts';
import type { PushedRevision } from '../config/pushed/pushed-store.ts';
import type { InForce, LivePolicies } from '../config/reload.ts';
import { GateError } from '../model/errors.ts';
import type { Log } from '../model/seams.ts';
import type { RuleCount } from '../pipeline/rule-counts.ts';
import { checkContentDigest } from './content-digest.ts';
import { ifMatchOf } from './precondition.ts';
import type { AdminAnswer, AdminRequest, Route } from './route.ts';

export interface PoliciesOptions {
  readonly live: LivePolicies;
  /** Left out where policies come from elsewhere. */
  readonly pushed?: PushedPolicies | undefined;
  /** What rules have done since the gate started, by their id. */
  readonly counts: () => ReadonlyMap<string, RuleCount>;
  readonly log: Log;
}

/** What a bundle comes as (RFC 7515, section 9.2.1). */
export const BUNDLE_TYPE = 'application/jose';
const rollbackSchema = z.strictObject({ to: z.string().max(64) });
const ROLLBACK_BYTES = 4_096;
const idle: RuleCount = { matched: 0, decided: 0, would: 0, limited: 0 };

/** Reading, pushing and rolling back policies. */
export function policyRoutes(options: PoliciesOptions): Route[] {
  const nouns = new Policies(options);
  const read = { method: 'GET', needs: 'policies:read' } as const;
  const revision = '/v1/policies/revisions/:revision';
  return [
    { ...read, path: '/v1/policies', serve: () => nouns.show() },
    { ...read, path: '/v1/policies/revisions', serve: () => nouns.revisions() },
    { ...read, path: revision, serve: (request) => nouns.revision(request) },
    { ...read, path: `${revision}/files`, serve: (request) => nouns.files(request) },
    {
      ...{ method: 'PUT', path: '/v1/policies', needs: 'policies:change' },
      takes: { type: BUNDLE_TYPE, bytes: BUNDLE_BYTES },
      serve: (request) => nouns.push(request),
    },
    {
      ...{ method: 'POST', path: '/v1/policies/rollback', needs: 'policies:change' },
      takes: { type: 'application/json', bytes: ROLLBACK_BYTES },
      serve: (request) => nouns.rollback(request),
    },
  ];
}

class Policies {
  readonly #options: PoliciesOptions;

  constructor(options: PoliciesOptions) {
    this.#options = options;
  }

  async show(): Promise<AdminAnswer> {
    const { live } = this.#options;
    const { inForce, source, snapshot } = live;
    const { revision } = snapshot;
    if (!inForce) return { body: { revision, source, files: [], rules: [] }, revision };
    const { reading, digest, warnings } = inForce;
    const files = reading.files.map(({ file, text }) => ({ file, bytes: Buffer.byteLength(text) }));
    const counts = this.#options.counts();
    const rules = (snapshot.policies?.rules ?? []).map(({ id, at, then, mode }) => {
      return { id, at, ...(then === undefined ? {} : { then }), mode, ...(counts.get(id) ?? idle) };
    });
    const body = { revision, digest, source: reading.source, files, rules, problems: warnings };
    return { body, revision };
  }

  async revisions(): Promise<AdminAnswer> {
    const { live, pushed } = this.#options;
    const current = live.snapshot.revision;
    const found = pushed ? await pushed.revisions() : [live.inForce ?? []].flat().map(entryOf);
    const revisions = found.map((one) => ({ ...one, current: one.revision === current }));
    return { body: { current, revisions }, revision: current };
  }

  async revision({ params }: AdminRequest): Promise<AdminAnswer> {
    const { revisions } = (await this.revisions()).body as { revisions: PushedRevision[] };
    const found = revisions.find(({ revision }) => revision === params.revision);
    if (!found) throw unknown(params.revision);
    return { body: found };
  }

  async files({ params: { revision = '' } }: AdminRequest): Promise<AdminAnswer> {
    const { live, pushed } = this.#options;
    const { inForce } = live;
    if (inForce?.snapshot.revision === revision) {
      return { body: { revision, files: inForce.reading.files.map(plain) } };
    }
    if (!pushed) throw unknown(revision);
    return { body: { revision, files: (await pushed.files(revision)).map(plain) } };
  }

  async push({ identity, headers, body, query }: AdminRequest): Promise<AdminAnswer> {
    const pushed = this.#pushed();
    const ifMatch = ifMatchOf(headers['if-match'], this.#options.live.snapshot.revision);
    const dryRun = isDryRun(query);
    checkContentDigest(headers['content-digest'], body);
    const changed = await pushed.push({ jws: body, by: identity, ifMatch, dryRun });
    return this.#answer(changed, identity, dryRun ? 'push tried' : 'pushed');
  }

  async rollback({ identity, headers, body }: AdminRequest): Promise<AdminAnswer> {
    const pushed = this.#pushed();
    const ifMatch = ifMatchOf(headers['if-match'], this.#options.live.snapshot.revision);
    const { to } = rollbackOf(body);
    const changed = await pushed.rollback(to, { by: identity, ifMatch });
    return this.#answer(changed, identity, 'rolled back');
  }

  #answer(
    { next, replaces, changed, kid }: Changed,
    { sub, issuer }: AdminRequest['identity'],
    what: string,
  ): AdminAnswer {
    const { revision } = next.snapshot;
    const fields = { by: sub, issuer, revision, replaces, changed, key: kid };
    this.#options.log.info(fields, `policies ${what} by ${sub}`);
    const { digest, warnings } = next;
    const rules = next.snapshot.policies?.rules.length ?? 0;
    const inForce = this.#options.live.snapshot.revision;
    const body = { revision, digest, replaces, changed, rules, inForce, problems: warnings };
    return { body, revision: inForce };
  }

  #pushed(): PushedPolicies {
    const { pushed, live } = this.#options;
    if (pushed) return pushed;
    const hint = 'change them there, or configure policies.pushed';
    const message = `the policies of this gate come from ${live.source.kind}`;
    throw new GateError('POLICY_SOURCE', message, { hint });
  }
}

function plain({ file, text }: { readonly file: string; readonly text: string }) {
  return { file, text };
}

function entryOf({ snapshot, digest, reading }: InForce) {
  return { revision: snapshot.revision, digest, files: reading.files.length, ...reading.source };
}

/** Whoever writes it wrongly must not push in earnest. */
function isDryRun({ 'dry-run': value, ...others }: AdminRequest['query']): boolean {
  const [other] = Object.keys(others);
  const hint = 'the one parameter is dry-run=true';
  if (other !== undefined) throw new GateError('ADMIN_REQUEST', 'an unknown parameter', { hint });
  if (value === undefined || value === 'false') return false;
  if (value === 'true' || value === '') return true;
  throw new GateError('ADMIN_REQUEST', 'dry-run is true or false', { hint });
}

function rollbackOf(body: Buffer): z.infer<typeof rollbackSchema> {
  try {
    return rollbackSchema.parse(JSON.parse(body.toString('utf8')));
  } catch {
    const hint = 'send {"to": "REVISION"}';
    throw new GateError('ADMIN_REQUEST', 'the body is not what a rollback needs', { hint });
  }
}

function unknown(revision = ''): GateError {
  const hint = 'see GET /v1/policies/revisions';
  return new GateError('REVISION_UNKNOWN', `there is no revision "${revision}"`, { hint });
}
