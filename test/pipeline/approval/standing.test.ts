import { describe, expect, it } from 'vitest';
import type { AskedCall } from '../../../src/model/approval.ts';
import { call, Desk, dan, decider, demand, dora, ISSUER, MINUTE } from './desk.ts';

const HOUR = 60 * MINUTE;
const rule = demand('ask', { standing: HOUR });
const standing = { for: 30 * MINUTE, when: { 'args.sql': { starts_with: 'drop ' } } };
const other = (sql: string) => call({}, { sql });

async function granted(rules = [rule], asked = standing) {
  const desk = new Desk(rules);
  const { id } = await desk.ask();
  await desk.approve(id, dan, { standing: asked });
  return { desk, id };
}

describe('a grant for calls alike', () => {
  it('covers calls within its bounds until its time is over, and counts them', async () => {
    const { desk, id } = await granted();
    expect(await desk.approvals.standing(other('drop y'), desk.rules)).toMatchObject([{ id }]);
    for (let i = 1; i <= 3; i++) {
      const after = await desk.approvals.take(id, `x-${i}`);
      expect(after).toMatchObject({ state: 'granted', standing: { calls: i } });
    }
    desk.now += 30 * MINUTE;
    expect(await desk.approvals.standing(other('drop y'), desk.rules)).toEqual([]);
    expect(await desk.approvals.take(id, 'x-9')).toBeUndefined();
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'used', standing: { calls: 3 } });
    expect(await desk.approvals.nextRound(id, 0)).toBe(false);
  });

  it('loses no count where many take it at once', async () => {
    const { desk, id } = await granted();
    await Promise.all(Array.from({ length: 50 }, (_, i) => desk.approvals.take(id, `x-${i}`)));
    expect(await desk.approvals.get(id)).toMatchObject({ standing: { calls: 50 } });
  });

  it('has expired where no call was made by it', async () => {
    const { desk, id } = await granted();
    desk.now += 30 * MINUTE;
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'expired' });
  });

  it.each<[string, AskedCall]>([
    ['arguments beyond its bounds', other('select 1')],
    ['an argument that nobody has bounded', call({}, { sql: 'drop y', cascade: true })],
    ['an argument of another type', call({}, { sql: ['drop y'] })],
    ['another caller', call({ caller: { issuer: ISSUER, sub: 'bob' } })],
    ['another issuer', call({ caller: { issuer: 'https://other.test', sub: 'ann' } })],
    ['another client', call({ caller: { issuer: ISSUER, sub: 'ann', client: 'bot' } })],
    [
      'somebody who acts for the caller',
      call({ caller: { issuer: ISSUER, sub: 'ann', actor: 'b' } }),
    ],
    [
      'another tool',
      call({ target: 'exec', args: { name: 'exec', arguments: { sql: 'drop y' } } }),
    ],
    ['another upstream', call({ upstream: 'db2' })],
    ['another method', call({ method: 'prompts/get' })],
    ['metadata', call({ args: { name: 'query', arguments: { sql: 'drop y' }, _meta: { a: 1 } } })],
    [
      'answers to nothing that was asked',
      call({ args: { name: 'query', arguments: { sql: 'drop y' }, inputResponses: { a: {} } } }),
    ],
    ['a task', call({ args: { name: 'query', arguments: { sql: 'drop y' }, task: { ttl: 1 } } })],
  ])('does not cover %s', async (_, asked) => {
    const { desk } = await granted();
    expect(await desk.approvals.standing(asked, desk.rules)).toEqual([]);
  });

  it('covers answers to what the upstream asks for in such a call', async () => {
    const { desk, id } = await granted();
    const args = { name: 'query', arguments: { sql: 'drop y' }, inputResponses: { a: {} } };
    const found = await desk.approvals.standing(call({ args }), desk.rules, id);
    expect(found).toMatchObject([{ id }]);
  });

  it('does not cover a call that one more rule asks about', async () => {
    const { desk } = await granted();
    const more = [...desk.rules, demand('big', { standing: HOUR })];
    expect(await desk.approvals.standing(other('drop y'), more)).toEqual([]);
    expect(await desk.approvals.standing(other('drop y'), [demand('big')])).toEqual([]);
    expect(await desk.approvals.standing(other('drop y'), [])).toEqual([]);
  });

  it('covers nothing once the rules ask for something else', async () => {
    const { desk } = await granted();
    desk.rules = [demand('ask', { standing: HOUR, quorum: 2 })];
    for (const rules of [desk.rules, [rule]]) {
      expect(await desk.approvals.standing(other('drop y'), rules)).toEqual([]);
    }
  });

  it('covers nothing once it is revoked', async () => {
    const { desk, id } = await granted();
    await desk.approvals.revoke(id, dora, 'enough', 'api');
    expect(await desk.approvals.standing(other('drop y'), desk.rules)).toEqual([]);
    expect(await desk.approvals.take(id, 'x-1')).toBeUndefined();
  });

  it('needs everybody to ask for the same, and lasts as long as the shortest', async () => {
    const desk = new Desk([demand('ask', { standing: HOUR, quorum: 2 })]);
    const { id } = await desk.ask();
    await desk.approve(id, dan, { standing });
    const when = { 'args.sql': { starts_with: 'drop ' } };
    const after = await desk.approve(id, dora, { standing: { for: MINUTE, when } });
    expect(after.standing).toEqual({ when, until: desk.now + MINUTE, calls: 0 });
    expect(after.usableUntil).toBe(desk.now + MINUTE);
  });

  it.each([
    ['somebody did not ask for it', undefined],
    ['somebody asks for other bounds', { ...standing, when: { 'args.sql': { eq: 'drop x' } } }],
  ])('is for one call where %s', async (_, asked) => {
    const desk = new Desk([demand('ask', { standing: HOUR, quorum: 2 })]);
    const { id } = await desk.ask();
    await desk.approve(id, dan, { standing });
    const after = await desk.approve(id, dora, { standing: asked });
    expect(after.state).toBe('granted');
    expect(after.standing).toBeUndefined();
  });

  it.each<[string, Parameters<Desk['approve']>[2], (readonly ReturnType<typeof demand>[])?]>([
    ['a rule has none', { standing }, [rule, demand('b')]],
    ['it is longer than the shortest', { standing: { ...standing, for: HOUR + 1 } }],
    ['it is for no time', { standing: { ...standing, for: 0 } }],
    ['its time is no number', { standing: { ...standing, for: Number.NaN } }],
    [
      'the call is beyond its bounds',
      { standing: { ...standing, when: { 'args.sql': { eq: 'x' } } } },
    ],
    ['it bounds nothing', { standing: { ...standing, when: {} } }],
    [
      'it looks at more than arguments',
      { standing: { ...standing, when: { 'identity.sub': 'a' } } },
    ],
    ['it is no condition', { standing: { ...standing, when: { 'args.sql': { wat: 1 } } } }],
    ['it comes with a no', { standing, verdict: 'deny' }],
  ])('is refused where %s', async (_, verdict, rules = [rule]) => {
    const desk = new Desk(rules);
    const { id } = await desk.ask();
    await expect(desk.approve(id, dan, verdict)).rejects.toMatchObject({
      code: 'APPROVAL_STANDING',
    });
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'pending', version: 1 });
  });

  it('is refused with what was written in the hint alone, which nothing logs', async () => {
    const desk = new Desk([rule]);
    const { id } = await desk.ask();
    const when = { 's3cr3t.sql': { eq: 'x' } };
    await expect(desk.approve(id, dan, { standing: { ...standing, when } })).rejects.toMatchObject({
      message: '"when" is no condition on the arguments',
      hint: expect.stringContaining('s3cr3t') as string,
    });
  });

  it('is nothing that broken glass gives', async () => {
    const desk = new Desk([demand('ask', { standing: HOUR, breakGlass: ['user:ann'] })]);
    const { id } = await desk.ask();
    const glass = { breakGlass: true, reason: 'down' };
    const ann = decider('ann');
    await expect(desk.approve(id, ann, { ...glass, standing })).rejects.toMatchObject({
      code: 'APPROVAL_STANDING',
    });
    expect((await desk.approve(id, ann, glass)).standing).toBeUndefined();
  });
});
