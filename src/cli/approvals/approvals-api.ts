import * as z from 'zod';
import { GateError } from '../../model/errors.ts';
import { AdminApi, text } from '../admin-api.ts';
import type { Terminal } from '../verb.ts';

/** Somebody as the admin API names them. */
const person = z.object({
  sub: text,
  issuer: text,
  email: text.optional(),
  groups: z.array(text).optional(),
  client: text.optional(),
  actor: text.optional(),
});

const missing = z.object({ rule: text, by: z.array(text), people: z.number() });

const line = z.object({
  id: text,
  state: text,
  createdAt: text,
  expiresAt: text,
  usableUntil: text.optional(),
  endedAt: text.optional(),
  caller: person,
  agent: text.optional(),
  upstream: text,
  method: text,
  target: text,
  rules: z.array(text),
  missing: z.array(missing),
  breakGlass: z.boolean(),
  standing: z
    .object({ until: text, calls: z.number(), when: z.unknown(), yaml: z.string() })
    .optional(),
  reason: text.optional(),
});

const demand = z.object({
  rule: text,
  at: z.object({ file: text, line: z.number(), column: z.number() }),
  reason: text.optional(),
  by: z.array(text),
  quorum: z.number(),
  notSelf: z.boolean(),
  reasonRequired: z.boolean(),
  breakGlass: z.array(text),
  window: z.number(),
  standing: z.number().optional(),
  approvedBy: z.array(person),
  missing: z.number(),
});

const ballot = z.object({
  by: person,
  at: text,
  verdict: text,
  reason: text.optional(),
  breakGlass: z.boolean(),
  via: text,
  standing: z.object({ for: z.number(), when: z.unknown(), yaml: z.string() }).optional(),
});

/** Calls by their outcome. */
const tally = z.partialRecord(text, z.number());

const shown = line.extend({
  args: z.unknown(),
  tool: z.record(z.string(), z.unknown()).optional(),
  exchange: text,
  revision: text,
  usedBy: text.optional(),
  demands: z.array(demand),
  ballots: z.array(ballot),
  url: text.optional(),
  earlier: z.object({
    approvals: z.array(
      z.object({ id: text, state: text, createdAt: text, reason: text.optional() }),
    ),
    calls: z
      .array(
        z.object({
          exchange: text,
          at: text,
          outcome: text,
          rule: text.optional(),
          milliseconds: z.number().optional(),
        }),
      )
      .optional(),
    recent: z.object({ of: z.number(), caller: tally, others: tally }).optional(),
  }),
  you: z.object({
    approve: z.boolean(),
    deny: z.boolean(),
    breakGlass: z.boolean(),
    revoke: z.boolean(),
    cancel: z.boolean(),
    standing: z.number().optional(),
    reasonRequired: z.boolean(),
    why: text.optional(),
  }),
});
const listed = z.object({ approvals: z.array(line), next: z.string().optional() });
const proposed = z.object({ yaml: z.string() });

export type ListedApproval = z.infer<typeof line>;
export type ShownApproval = z.infer<typeof shown>;
export type ShownDemand = z.infer<typeof demand>;
export type ShownPerson = z.infer<typeof person>;

/** What the gate has answered: as it came, and made safe to print. */
export interface Answered<Shown> {
  readonly raw: unknown;
  readonly shown: Shown;
}

/** What is decided. */
export interface SentBallot {
  readonly reason?: string;
  readonly breakGlass?: true;
  readonly standing?: { readonly for: string; readonly when?: unknown };
}

/** Approvals of a gate, by its admin API. */
export class ApprovalsApi {
  readonly #api: AdminApi;

  constructor(api: AdminApi) {
    this.#api = api;
  }

  /** Reads the options of {@link AdminApi.from}. @throws GateError USAGE */
  static from(values: Parameters<typeof AdminApi.from>[0], terminal: Terminal): ApprovalsApi {
    return new ApprovalsApi(AdminApi.from(values, terminal));
  }

  list(query: URLSearchParams): Promise<Answered<z.infer<typeof listed>>> {
    return this.#api.ask(`/v1/approvals?${query}`, both(listed));
  }

  show(id: string): Promise<Answered<ShownApproval>> {
    return this.#api.ask(at(id), both(shown));
  }

  proposal(id: string): Promise<Answered<z.infer<typeof proposed>>> {
    return this.#api.ask(`${at(id)}/proposal`, both(proposed));
  }

  /** Approves, denies, revokes or cancels. */
  change(
    id: string,
    what: 'approve' | 'deny' | 'revoke' | 'cancel',
    ballot: SentBallot,
  ): Promise<Answered<ShownApproval>> {
    const asked = this.#api.ask(`${at(id)}/${what}`, both(shown), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ballot),
    });
    return asked.catch((error) => {
      throw withHint(error, id);
    });
  }
}

/** What to type next, where the gate has refused and doesn't know that a command line asks. */
function withHint(error: unknown, id: string): unknown {
  if (!(error instanceof GateError) || error.hint !== undefined) return error;
  const { code, message } = error;
  const look = `"sallyport approvals show ${id}" says whom, and what you can do`;
  if (code === 'APPROVAL_REASON')
    return new GateError(code, message, { hint: 'use --reason TEXT' });
  return code === 'APPROVAL_NOT_YOURS' ? new GateError(code, message, { hint: look }) : error;
}

function at(id: string): string {
  return `/v1/approvals/${encodeURIComponent(id)}`;
}

function both<Shown>(schema: z.ZodType<Shown>): z.ZodType<Answered<Shown>> {
  return z.unknown().transform((raw, context) => {
    const parsed = schema.safeParse(raw);
    if (parsed.success) return { raw, shown: parsed.data };
    context.addIssue({ code: 'custom', message: 'is another shape' });
    return z.NEVER;
  });
}
