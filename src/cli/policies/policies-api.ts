import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AdminApi, problem, text } from '../admin-api.ts';
import type { Terminal } from '../verb.ts';

const changed = z.object({
  revision: text,
  digest: text,
  replaces: text,
  changed: z.boolean(),
  rules: z.number(),
  problems: z.array(problem),
});
const shown = z.object({
  revision: text,
  digest: text.optional(),
  source: z.record(z.string().regex(/^\w+$/), text),
  files: z.array(z.object({ file: text, bytes: z.number() })),
  rules: z.array(
    z.object({
      id: text,
      at: problem.shape.at,
      then: text.optional(),
      mode: text,
      matched: z.number(),
      decided: z.number(),
      would: z.number(),
      limited: z.number(),
    }),
  ),
  problems: z.array(problem).default([]),
});
const listed = z.object({
  current: text,
  revisions: z.array(
    z.object({
      revision: text,
      current: z.boolean(),
      pushedAt: text.optional(),
      createdAt: text.optional(),
      by: text.optional(),
      note: text.optional(),
      commit: text.optional(),
      files: z.number(),
    }),
  ),
});

export type ChangedPolicies = z.infer<typeof changed>;
export type ShownPolicies = z.infer<typeof shown>;
export type ListedRevisions = z.infer<typeof listed>;

/** The policies of a gate, by its admin API. */
export class PoliciesApi {
  readonly #api: AdminApi;

  constructor(api: AdminApi) {
    this.#api = api;
  }

  /** Reads the options of {@link AdminApi.from}. @throws GateError USAGE */
  static from(values: Parameters<typeof AdminApi.from>[0], terminal: Terminal): PoliciesApi {
    return new PoliciesApi(AdminApi.from(values, terminal));
  }

  show(): Promise<ShownPolicies> {
    return this.#api.ask('/v1/policies', shown);
  }

  revisions(): Promise<ListedRevisions> {
    return this.#api.ask('/v1/policies/revisions', listed);
  }

  /** @param ifMatch the revision that must be in force */
  push(jws: string, ifMatch: string, dryRun: boolean): Promise<ChangedPolicies> {
    const digest = createHash('sha256').update(jws).digest('base64');
    return this.#api.ask(`/v1/policies${dryRun ? '?dry-run=true' : ''}`, changed, {
      method: 'PUT',
      headers: {
        'content-type': 'application/jose',
        'if-match': `"${ifMatch}"`,
        'content-digest': `sha-256=:${digest}:`,
      },
      body: jws,
    });
  }

  rollback(to: string, ifMatch: string): Promise<ChangedPolicies> {
    return this.#api.ask('/v1/policies/rollback', changed, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'if-match': `"${ifMatch}"` },
      body: JSON.stringify({ to }),
    });
  }
}
