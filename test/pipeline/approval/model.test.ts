import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc, { type AsyncCommand } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AskedCall } from '../../../src/model/approval.ts';
import type { ApprovalStore } from '../../../src/model/approval-store.ts';
import type { TranscriptBatch } from '../../../src/model/transcript.ts';
import { MemoryApprovals } from '../../../src/store/memory/approvals.ts';
import { SqliteApprovals } from '../../../src/store/sqlite/approval/approvals.ts';
import {
  callers,
  Model,
  type ModelApproval,
  type ModelVerdict,
  people,
  policies,
} from './approvals-model.ts';
import { call, Desk, dora, ISSUER, MINUTE, quiet } from './desk.ts';

const bounds = { max: 10_000, maxPerCaller: 10_000 };

/** Two gates over one store, as they are, for a model of how they should be. */
class Gates {
  now = 1_800_000_000_000;
  readonly batches: TranscriptBatch[] = [];
  readonly #open: (clock: () => number) => ApprovalStore;
  #store: ApprovalStore;
  #desks: readonly Desk[] = [];
  #policy = 0;

  constructor(open: (clock: () => number) => ApprovalStore) {
    this.#open = open;
    this.#store = open(() => this.now);
    this.#start();
  }

  get store(): ApprovalStore {
    return this.#store;
  }

  gate(which: number): Desk {
    return this.#desks[which % 2] as Desk;
  }

  /** Both of them end and begin again; what the store has kept is all that is left. */
  async restart(): Promise<void> {
    await this.#store.close();
    this.#store = this.#open(() => this.now);
    this.#start();
  }

  pass(ms: number): void {
    this.now += ms;
    for (const desk of this.#desks) desk.now = this.now;
  }

  change(policy: number): void {
    this.#policy = policy;
    for (const desk of this.#desks) {
      desk.rules = policies[policy] ?? [];
      desk.approvals.policyChanged();
    }
  }

  steps(): readonly string[] {
    const [desk] = this.#desks;
    return desk?.steps().map((step) => step.split(' ').slice(0, 2).join(' ')) ?? [];
  }

  #start(): void {
    const recorder = { append: async (batch: TranscriptBatch) => void this.batches.push(batch) };
    this.#desks = [0, 1].map(() => {
      const desk = new Desk(policies[this.#policy], { store: this.#store, recorder });
      desk.now = this.now;
      // Steps of both gates are one transcript.
      Object.defineProperty(desk, 'batches', { value: this.batches });
      return desk;
    });
  }
}

function asked(caller: string, n: number): AskedCall {
  const who = { issuer: ISSUER, sub: caller, email: `${caller}@example.com` };
  return call({ caller: who }, { n });
}

type Step = AsyncCommand<Model, Gates>;

/** A step on one of the approvals that there are. */
function on(
  label: string,
  pick: number,
  run: (one: ModelApproval, model: Model, gates: Gates) => Promise<void>,
): Step {
  return {
    check: ({ approvals }) => approvals.length > 0,
    run: async (model, gates) => {
      // Often the newest ones, for those are mostly open.
      const { approvals } = model;
      const one = approvals[approvals.length - 1 - (pick % Math.min(approvals.length, 3))];
      if (one) await run(one, model, gates);
      await compare(model, gates);
    },
    toString: () => `${label} #-${pick}`,
  };
}

function step(label: string, run: (model: Model, gates: Gates) => Promise<void> | void): Step {
  return {
    check: () => true,
    run: async (model, gates) => {
      await run(model, gates);
      await compare(model, gates);
    },
    toString: () => label,
  };
}

/** The real ones are what the model says, and nothing else is open. */
async function compare(model: Model, { store }: Gates): Promise<void> {
  const real = await store.list({ limit: 1_000 });
  const facts = real.map(({ id, state, standing, rounds = 0 }) => {
    return { id, state, standing: standing !== undefined, calls: standing?.calls, rounds };
  });
  const expected = model.approvals.map(({ id, state, standing, calls, rounds }) => {
    return { id, state, standing, calls: standing ? calls : undefined, rounds };
  });
  expect(facts.sort(byId)).toEqual(expected.sort(byId));
  const open = real.filter(({ state }) => state === 'pending' || state === 'granted');
  expect(new Set(open.map(({ binding }) => binding)).size).toBe(open.length);
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}

/** What comes of it: a state, or why it is refused. */
const outcome = (done: Promise<{ readonly state: string }>) =>
  done.then(
    ({ state }) => state,
    ({ code }) => code as string,
  );

const ask = (gate: number, caller: string, n: number, times: number) =>
  step(`ask ${caller} ${n} x${times} at ${gate}`, async (model, gates) => {
    const joins = model.ask(caller, n);
    const all = await Promise.all(
      Array.from({ length: times }, (_, i) => gates.gate(gate + i).ask(asked(caller, n))),
    );
    const ids = new Set(all.map(({ id }) => id));
    expect(ids.size).toBe(1);
    const [id = ''] = ids;
    if (joins) expect(id).toBe(joins.id);
    else model.opened(id, caller, n);
  });

const take = (gate: number, pick: number, times: number) =>
  on(`take x${times} at ${gate}`, pick, async (one, model, gates) => {
    const all = await Promise.all(
      Array.from({ length: times }, (_, i) =>
        gates.gate(gate + i).approvals.take(one.id, `x-${i}`),
      ),
    );
    const expected = Array.from({ length: times }, () => model.take(one));
    expect(all.filter((taken) => taken).length).toBe(expected.filter((taken) => taken).length);
  });

const decide = (gate: number, pick: number, given: ModelVerdict) =>
  on(`decide ${JSON.stringify(given)} at ${gate}`, pick, async (one, model, gates) => {
    const { verdict, person, glass, reason } = given;
    const when = { 'args.n': { exists: true } };
    const decision = gates.gate(gate).approvals.decide(
      one.id,
      {
        ...{ verdict, via: 'api', breakGlass: glass },
        ...(reason ? { reason: 'because' } : {}),
        ...(given.standing ? { standing: { for: 10 * MINUTE, when } } : {}),
      },
      people[person] ?? dora,
    );
    expect(await outcome(decision)).toBe(model.decide(one, given));
  });

/** Somebody takes the grant while somebody else revokes it: one of them does. */
const race = (gate: number, pick: number) =>
  on(`take while it is revoked at ${gate}`, pick, async (one, model, gates) => {
    const expired = model.expire(one);
    const [taken, revoked] = await Promise.all([
      gates.gate(gate).approvals.take(one.id, 'x-0'),
      outcome(gates.gate(gate + 1).approvals.revoke(one.id, dora, 'stop', 'api')),
    ]);
    if (taken) expect(model.take(one) && !expired).toBe(true);
    const isOpen = one.state === 'pending' || one.state === 'granted';
    expect(revoked).toBe(isOpen ? 'revoked' : 'APPROVAL_ENDED');
    if (isOpen) model.end(one, 'revoked', 'revoke');
  });

const cancel = (gate: number, pick: number) =>
  on(`cancel at ${gate}`, pick, async (one, model, gates) => {
    await gates.gate(gate).approvals.cancel(one.id, 'gone');
    if (one.state === 'pending' && model.now < one.ends) model.end(one, 'cancelled', 'cancel');
  });

const round = (gate: number, pick: number, n: number) =>
  on(`round ${n} at ${gate}`, pick, async (one, _, gates) => {
    const both = [0, 1].map((i) => gates.gate(gate + i).approvals.nextRound(one.id, n));
    const isNext = one.state === 'used' && !one.standing && one.rounds === n;
    expect((await Promise.all(both)).filter(Boolean).length).toBe(isNext ? 1 : 0);
    if (isNext) one.rounds++;
  });

const notice = (gate: number, pick: number) =>
  on(`look at ${gate}`, pick, async (one, model, gates) => {
    model.expire(one);
    expect(await gates.gate(gate).approvals.get(one.id)).toMatchObject({ state: one.state });
  });

/** Grants for calls alike that are in force for another call of the same caller. */
const standing = (gate: number, caller: string) =>
  step(`standing ${caller} at ${gate}`, async (model, gates) => {
    const found = await gates.gate(gate).approvals.standing(asked(caller, 99), model.rules);
    const inForce = model.approvals.filter((one) => {
      const { state, ends } = one;
      return one.caller === caller && one.standing && state === 'granted' && model.now < ends;
    });
    const current = inForce.filter((one) => model.isCurrent(one)).map(({ id }) => id);
    expect(found.map(({ id }) => id).sort()).toEqual(current.sort());
  });

const gate = fc.nat({ max: 1 });
const pick = fc.nat({ max: 2 });
const times = fc.integer({ min: 1, max: 3 });
const verdict = fc.record<ModelVerdict>({
  person: fc.nat({ max: people.length - 1 }),
  verdict: fc.oneof(
    { weight: 5, arbitrary: fc.constant('approve' as const) },
    fc.constant('deny' as const),
  ),
  glass: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  reason: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  standing: fc.boolean(),
});
const caller = fc.constantFrom(...callers);
const args = fc.nat({ max: 1 });
const spans = fc.constantFrom(1_000, 5 * MINUTE - 1, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE);
const decision = fc.tuple(gate, pick, verdict).map((given) => decide(...given));

const steps = fc.commands(
  [
    fc.tuple(gate, caller, args, times).map((given) => ask(...given)),
    ...[decision, decision, decision],
    fc.tuple(gate, pick, times).map((given) => take(...given)),
    fc.tuple(gate, pick).map((given) => race(...given)),
    fc.tuple(gate, pick).map((given) => cancel(...given)),
    fc.tuple(gate, pick, fc.nat({ max: 2 })).map((given) => round(...given)),
    fc.tuple(gate, pick).map((given) => notice(...given)),
    fc.tuple(gate, caller).map((given) => standing(...given)),
    spans.map((ms) => {
      return step(`pass ${ms}`, (model, gates) => {
        model.now += ms;
        gates.pass(ms);
      });
    }),
    fc.nat({ max: policies.length - 1 }).map((policy) => {
      return step(`policy ${policy}`, (model, gates) => {
        model.policy = policy;
        gates.change(policy);
      });
    }),
    fc.constant(step('restart', (_, gates) => gates.restart())),
  ],
  { maxCommands: 60, size: 'max' },
);

describe('approvals of two gates over one store', () => {
  /** @returns opens the store of one run, again and again */
  const kinds: Record<string, (path: string) => (clock: () => number) => ApprovalStore> = {
    memory: () => {
      let kept: MemoryApprovals | undefined;
      return (clock) => {
        kept ??= new MemoryApprovals({ clock, log: quiet, bounds });
        kept.close = async () => {};
        return kept;
      };
    },
    sqlite: (path) => (clock) => new SqliteApprovals({ path, clock, log: quiet, bounds }),
  };
  const runs = { memory: 100, sqlite: 10 } as const;

  it.each(['memory', 'sqlite'] as const)('do what the model says, with %s', async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-approvals-'));
    let count = 0;
    const property = fc.asyncProperty(steps, async (commands) => {
      const gates = new Gates(kinds[kind]?.(join(folder, `${count++}.db`)) as never);
      const model = new Model(gates.now);
      await fc.asyncModelRun(() => ({ model, real: gates }), commands);
      expect(gates.steps()).toEqual(model.steps);
      const told = await gates.store.claim('ops', gates.now, gates.now + 1, 10_000);
      const asked = told.filter(({ news }) => news === 'asked').map(({ approval }) => approval);
      expect(asked.sort()).toEqual(model.approvals.map(({ id }) => id).sort());
      await gates.store.close();
    });
    try {
      await fc.assert(property, { numRuns: runs[kind] * Number(process.env.MORE_RUNS ?? 1) });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
