import { describe, expect, it } from 'vitest';
import type { ApprovalDemand } from '../../../src/model/approval.ts';
import type { ErrorCode } from '../../../src/model/errors.ts';
import type { Decider, Verdict } from '../../../src/pipeline/approval/approvals.ts';
import { missingFrom } from '../../../src/pipeline/approval/missing.ts';
import { call, Desk, dan, decider, demand, dora, ISSUER, MINUTE } from './desk.ts';

const olga = decider('olga', { isApprover: true });
const eve = decider('eve', { groups: ['web'] });
const ann = decider('ann', { groups: ['dba', 'oncall'], email: 'ann@example.com' });
/** Ann by another session, another issuer, and another account of hers. */
const annElsewhere = decider('ann', { issuer: 'https://other.test', groups: ['dba', 'oncall'] });
const annByMail = decider('a.smith', { groups: ['dba'], email: 'Ann@Example.COM' });
const danByMail = decider('dan-admin', { groups: ['dba'], email: 'DAN@example.com' });
const danElsewhere = { ...dan, issuer: 'https://other.test', email: 'other@example.com' };
const oncall = { breakGlass: ['group:oncall'] };

interface Case {
  readonly it: string;
  readonly rules: readonly Partial<ApprovalDemand>[];
  readonly votes: readonly (readonly [Decider, Partial<Verdict>?])[];
  /** The state in the end, or why the last vote was refused. */
  readonly gives: 'pending' | 'granted' | 'denied' | ErrorCode;
}

const glass = { breakGlass: true, reason: 'the site is down' } as const;
const no = { verdict: 'deny' } as const;

const cases: readonly Case[] = [
  { it: 'takes the yes of a group', rules: [{}], votes: [[dan]], gives: 'granted' },
  {
    it: 'takes the yes of a person',
    rules: [{ by: ['user:eve'] }],
    votes: [[eve]],
    gives: 'granted',
  },
  {
    it: 'asks whoever has the role approver where a rule names nobody',
    rules: [{ by: [] }],
    votes: [[olga]],
    gives: 'granted',
  },
  {
    it: 'lets nobody else decide where a rule names nobody',
    rules: [{ by: [] }],
    votes: [[dan]],
    gives: 'APPROVAL_NOT_YOURS',
  },
  {
    it: 'gives the role approver no yes where a rule names others',
    rules: [{}],
    votes: [[olga]],
    gives: 'APPROVAL_NOT_YOURS',
  },
  { it: 'lets nobody unnamed say yes', rules: [{}], votes: [[eve]], gives: 'APPROVAL_NOT_YOURS' },
  {
    it: 'lets nobody unnamed say no',
    rules: [{}],
    votes: [[eve, no]],
    gives: 'APPROVAL_NOT_YOURS',
  },
  {
    it: 'does not take a group for a user of that name',
    rules: [{ by: ['user:dba'] }],
    votes: [[dan]],
    gives: 'APPROVAL_NOT_YOURS',
  },
  {
    it: 'does not take a user for a group of that name',
    rules: [{ by: ['group:eve'] }],
    votes: [[eve]],
    gives: 'APPROVAL_NOT_YOURS',
  },
  { it: 'lets nobody approve themselves', rules: [{}], votes: [[ann]], gives: 'APPROVAL_SELF' },
  {
    it: 'knows the caller by their sub, whoever issued it',
    rules: [{}],
    votes: [[annElsewhere]],
    gives: 'APPROVAL_SELF',
  },
  {
    it: 'knows the caller by their e-mail address, in any case of letters',
    rules: [{}],
    votes: [[annByMail]],
    gives: 'APPROVAL_SELF',
  },
  {
    it: 'lets callers approve themselves where the rule does',
    rules: [{ notSelf: false }],
    votes: [[ann]],
    gives: 'granted',
  },
  {
    it: 'counts a yes of the caller for the rule alone that lets them',
    rules: [{ notSelf: false }, {}],
    votes: [[ann]],
    gives: 'pending',
  },
  { it: 'waits for a quorum', rules: [{ quorum: 2 }], votes: [[dan]], gives: 'pending' },
  {
    it: 'has a quorum by two people',
    rules: [{ quorum: 2 }],
    votes: [[dan], [dora]],
    gives: 'granted',
  },
  {
    it: 'counts one person once, however often they say yes',
    rules: [{ quorum: 2 }],
    votes: [[dan], [dan, { via: 'ops' }], [dan, { reason: 'really' }]],
    gives: 'pending',
  },
  {
    it: 'counts one person with two accounts of one address once',
    rules: [{ quorum: 2 }],
    votes: [[dan], [danByMail]],
    gives: 'pending',
  },
  {
    it: 'counts one person with two issuers once',
    rules: [{ quorum: 2 }],
    votes: [[dan], [danElsewhere]],
    gives: 'pending',
  },
  {
    it: 'has no three people in three accounts that overlap',
    rules: [{ quorum: 3 }],
    votes: [[danByMail], [danElsewhere], [dan]],
    gives: 'pending',
  },
  {
    it: 'needs every rule',
    rules: [{}, { by: ['user:eve'] }],
    votes: [[dan]],
    gives: 'pending',
  },
  {
    it: 'is granted once every rule is satisfied',
    rules: [{}, { by: ['user:eve'] }],
    votes: [[dan], [eve]],
    gives: 'granted',
  },
  {
    it: 'counts one yes for each rule that names its person',
    rules: [{}, { by: ['user:dan', 'user:eve'] }],
    votes: [[dan]],
    gives: 'granted',
  },
  { it: 'ends by one no', rules: [{ quorum: 2 }], votes: [[dan], [dora, no]], gives: 'denied' },
  {
    it: 'ends by a no of somebody who said yes before',
    rules: [{ quorum: 2 }],
    votes: [[dan], [dan, no]],
    gives: 'denied',
  },
  {
    it: 'ends by a no of somebody whom one of the rules names',
    rules: [{}, { by: ['user:eve'] }],
    votes: [[eve, no]],
    gives: 'denied',
  },
  { it: 'ends by a no of the role approver', rules: [{}], votes: [[olga, no]], gives: 'denied' },
  {
    it: 'needs a reason where a rule wants one',
    rules: [{ reasonRequired: true }],
    votes: [[dan, { reason: ' \u0007 ' }]],
    gives: 'APPROVAL_REASON',
  },
  {
    it: 'needs a reason for a no where a rule wants one',
    rules: [{ reasonRequired: true }],
    votes: [[dan, no]],
    gives: 'APPROVAL_REASON',
  },
  {
    it: 'takes a yes with its reason',
    rules: [{ reasonRequired: true }],
    votes: [[dan, { reason: 'ticket 7' }]],
    gives: 'granted',
  },
  {
    it: 'bounds reasons',
    rules: [{}],
    votes: [[dan, { reason: 'x'.repeat(2_001) }]],
    gives: 'APPROVAL_REASON',
  },
  {
    it: 'takes nothing once it is granted',
    rules: [{}],
    votes: [[dan], [dora, no]],
    gives: 'APPROVAL_ENDED',
  },
  {
    it: 'takes nothing once it is denied',
    rules: [{}],
    votes: [[dan, no], [dora]],
    gives: 'APPROVAL_ENDED',
  },
  {
    it: 'lets named callers break the glass, whatever the quorum',
    rules: [{ ...oncall, quorum: 5 }],
    votes: [[ann, glass]],
    gives: 'granted',
  },
  {
    it: 'takes no yes of the caller for broken glass that does not say so',
    rules: [oncall],
    votes: [[ann, { reason: 'the site is down' }]],
    gives: 'APPROVAL_SELF',
  },
  {
    it: 'breaks no glass without a reason',
    rules: [oncall],
    votes: [[ann, { breakGlass: true }]],
    gives: 'APPROVAL_REASON',
  },
  {
    it: 'lets nobody break the glass for somebody else',
    rules: [oncall],
    votes: [[decider('otto', { groups: ['oncall', 'dba'] }), glass]],
    gives: 'APPROVAL_NOT_YOURS',
  },
  {
    it: 'takes nobody for the caller who only has their sub, or address',
    rules: [oncall],
    votes: [[annElsewhere, glass]],
    gives: 'APPROVAL_NOT_YOURS',
  },
  {
    it: 'has no glass where the rule has none',
    rules: [{}],
    votes: [[ann, glass]],
    gives: 'APPROVAL_SELF',
  },
  {
    it: 'breaks the glass of one rule and waits for the other',
    rules: [oncall, {}],
    votes: [[ann, glass]],
    gives: 'pending',
  },
  {
    it: 'counts broken glass beside the yes of others',
    rules: [oncall, {}],
    votes: [[ann, glass], [dan]],
    gives: 'granted',
  },
  {
    it: 'keeps broken glass beside an ordinary yes of the same person',
    rules: [oncall, { notSelf: false }],
    votes: [[ann, glass], [ann]],
    gives: 'granted',
  },
  {
    it: 'breaks no glass to say no',
    rules: [oncall],
    votes: [[ann, { ...glass, ...no }]],
    gives: 'APPROVAL_NOT_YOURS',
  },
];

describe('a decision', () => {
  it.each(cases)('$it', async ({ rules, votes, gives }) => {
    const desk = new Desk(rules.map((more, i) => demand(`rule-${i}`, more)));
    const { id } = await desk.ask();
    const outcomes: string[] = [];
    for (const [who, more] of votes) {
      const after = desk.approve(id, who, more).then(
        ({ state }) => state,
        ({ code }) => code,
      );
      outcomes.push(await after);
    }
    expect(outcomes.at(-1)).toBe(gives);
    const { state } = (await desk.approvals.get(id)) ?? {};
    if (gives.startsWith('APPROVAL_')) expect(state).toBe(outcomes.at(-2) ?? 'pending');
    else expect(state).toBe(gives);
  });

  it.each([
    ['yes', {}],
    ['no', { verdict: 'deny' as const }],
    ['broken glass', { breakGlass: true, reason: 'down' }],
  ])('is nothing for an agent that acts for a person: %s', async (_, more) => {
    const desk = new Desk([demand('ask', { ...oncall, notSelf: false })]);
    const { id } = await desk.ask();
    await expect(desk.approve(id, { ...ann, actor: 'agent-7' }, more)).rejects.toMatchObject({
      code: 'APPROVAL_NOT_YOURS',
    });
  });

  it.each([
    ['address', danByMail],
    ['sub', danElsewhere],
  ])('takes the place of the former one of the same %s', async (_, former) => {
    const desk = new Desk([demand('ask', { quorum: 3 })]);
    const { id } = await desk.ask();
    await desk.approve(id, former);
    expect((await desk.approve(id, dan)).ballots).toMatchObject([{ by: { email: dan.email } }]);
  });

  it('counts whoever acts for the caller as the caller', async () => {
    const desk = new Desk();
    const caller = { issuer: ISSUER, sub: 'ann', actor: 'dan' };
    const { id } = await desk.ask(call({ caller }));
    await expect(desk.approve(id, dan)).rejects.toMatchObject({ code: 'APPROVAL_SELF' });
  });

  it('is for an approval that there is', async () => {
    const decision = new Desk().approve('0', dan);
    await expect(decision).rejects.toMatchObject({ code: 'APPROVAL_UNKNOWN' });
  });

  it('comes too late once the time is over', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    desk.now += 15 * MINUTE;
    await expect(desk.approve(id, dan)).rejects.toMatchObject({ code: 'APPROVAL_ENDED' });
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'expired' });
  });

  it.each<[string, readonly ApprovalDemand[]]>([
    ['a rule that asks other people', [demand('ask', { by: ['group:sec'] })]],
    ['a rule with another quorum', [demand('ask', { quorum: 2 })]],
    ['a rule that asks for nothing any longer', []],
  ])('is refused, and the approval revoked, for %s by now', async (_, rules) => {
    const desk = new Desk();
    const { id } = await desk.ask();
    desk.rules = rules;
    await expect(desk.approve(id, dan)).rejects.toMatchObject({ code: 'APPROVAL_OUTDATED' });
    const after = await desk.approvals.get(id);
    expect(after).toMatchObject({ state: 'revoked', reason: 'the policy has changed' });
  });

  it('lets nobody revoke an approval by a decision that is not theirs', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    desk.rules = [];
    await expect(desk.approve(id, eve)).rejects.toMatchObject({ code: 'APPROVAL_NOT_YOURS' });
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'pending' });
  });

  it('stands where a rule has only moved, or says or tells something else', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    const at = { file: 'other.yaml', line: 9, column: 3 };
    desk.rules = [demand('ask', { at, reason: 'new words', notify: ['ops'] })];
    expect(await desk.approve(id, dan)).toMatchObject({ state: 'granted' });
  });

  it('of the same words again changes nothing', async () => {
    const desk = new Desk([demand('ask', { quorum: 2 })]);
    const { id } = await desk.ask();
    const once = await desk.approve(id, dan);
    desk.now += 1;
    expect(await desk.approve(id, dan)).toEqual(once);
    expect(desk.steps()).toHaveLength(1);
  });

  it('keeps of the groups of a person only those that rules name', async () => {
    const desk = new Desk([demand('ask', oncall)]);
    const { id } = await desk.ask();
    const after = await desk.approve(id, { ...dan, groups: ['all', 'dba', 'chess'] });
    expect(after.ballots[0]?.by.groups).toEqual(['dba']);
  });

  it('tells who is missing', async () => {
    const desk = new Desk([demand('a', { quorum: 3 }), demand('b', { by: ['user:eve'] })]);
    const { id } = await desk.ask();
    expect(missingFrom(await desk.approve(id, dan))).toEqual([
      { rule: 'a', by: ['group:dba'], people: 2 },
      { rule: 'b', by: ['user:eve'], people: 1 },
    ]);
  });

  it('tells who was missing when somebody said no: a no is no yes', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    expect(missingFrom(await desk.deny(id, dan))).toMatchObject([{ people: 1 }]);
  });

  it('may be made twice at once: both count', async () => {
    const desk = new Desk([demand('ask', { quorum: 2 })]);
    const { id } = await desk.ask();
    await Promise.all([desk.approve(id, dan), desk.approve(id, dora)]);
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'granted', version: 3 });
  });
});
