import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { TranscriptEvent } from '../../../src/model/transcript.ts';
import { Accepting } from '../../../src/replay/backtest/accepted.ts';
import { ListChanges } from '../../../src/replay/backtest/list-changes.ts';
import type { Recorded } from '../../../src/replay/recorded-exchange.ts';
import { compiled } from '../../policy/reference/compare.ts';
import fc from '../../support/fast-check.ts';
import { policiesOf, type RuleText } from '../../support/policies.ts';
import { documents } from '../../support/policy-arbitraries.ts';
import { backtested, type DayOptions, type Happening, recordedDay } from './recorded-day.ts';

const all: RuleText = { id: 'all', on: { tools: ['*'], resources: ['**'], prompts: ['*'] }, then: 'allow' }; // biome-ignore format: one line says it
const no = (tools: string[], when?: object): RuleText => ({
  ...{ id: 'no', on: { tools }, then: 'block' },
  ...(when && { when }),
});
const tool = (name: string, more: JsonObject = {}): JsonObject => ({
  ...{ name, inputSchema: { type: 'object' } },
  ...more,
});
const listOf = (result: JsonObject, by = 'ana', method = 'tools/list'): Happening => ({
  ...{ after: 1_000, by, method, params: {}, result },
});
const tools = (names: readonly string[], by = 'ana') =>
  listOf({ tools: names.map((name) => tool(name)) }, by);

/** What lists show otherwise, in words. */
function changed(
  day: readonly Recorded[],
  rules: readonly RuleText[],
  baseline?: readonly RuleText[],
) {
  const { lists } = backtested(day, policiesOf(rules), {
    baseline: baseline && policiesOf(baseline),
  });
  const told = lists.changes.map(({ change, item, callers, lists: count }) => {
    return `${item} ${change} ${callers.map(({ sub }) => sub).join(',')} ${count}`;
  });
  return { ...lists, told };
}

const recordedBy = (rules: readonly RuleText[], day: readonly Happening[], options?: DayOptions) =>
  recordedDay(policiesOf(rules), day, options);

const names = fc.uniqueArray(
  fc.constantFrom('query', 'execute', 'list_tables', 'list_x', 'ab', 'pay'),
  { maxLength: 6 },
);
const listed: fc.Arbitrary<Happening> = fc.oneof(
  fc
    .tuple(names, fc.constantFrom<JsonObject>({}, { readOnlyHint: true }, { readOnlyHint: false }))
    .map(([some, annotations]) =>
      listOf({ tools: some.map((name) => tool(name, { annotations, description: 'ab' })) }),
    ),
  fc
    .uniqueArray(fc.constantFrom('docs://a', 'docs://a/b', 'file:///x'), { maxLength: 3 })
    .map((uris) => listOf({ resources: uris.map((uri) => ({ uri, name: uri })) }, 'bob', 'resources/list')), // biome-ignore format: one line says it
  fc.constant(
    listOf({ resourceTemplates: [{ uriTemplate: 'docs://{x}/b', name: 'a' }] }, 'ana', 'resources/templates/list'), // biome-ignore format: one line says it
  ),
  names.map((some) => listOf({ prompts: some.map((name) => ({ name })) }, 'ana', 'prompts/list')),
);
const RUNS = { numRuns: 12 };

/** Names that a list shows. */
function shownBy({ events }: Recorded): string[] | undefined {
  const { result } = JSON.parse(events.find(({ kind }) => kind === 'answered')?.payload ?? '{}');
  if (!result) return undefined;
  const [items = []] = Object.values(result).filter(Array.isArray);
  return items.map((item: JsonObject) => String(item.uri ?? item.uriTemplate ?? item.name)).sort();
}

describe('a backtest of lists', () => {
  it('leaves in them what a gate with these policies leaves, and finds no difference to those in force', async () => {
    const judge = async (
      [one, other]: readonly [Parameters<typeof compiled>[0], Parameters<typeof compiled>[0]],
      happening: Happening,
    ) => {
      const [{ policies: before }, { policies: after }] = [compiled(one), compiled(other)];
      const [then] = await recordedDay(before, [happening]);
      const [truth] = await recordedDay(after, [happening]);
      if (!then || !truth) throw new Error('nothing was recorded');
      expect(backtested([then], before).lists).toMatchObject({ open: {}, changes: [], unknownItems: 0 }); // biome-ignore format: one line says it
      const { lists } = backtested([then], after);
      const [shown, shows] = [shownBy(then), shownBy(truth)];
      if (!shown || !shows || lists.compared === 0) return;
      const told = (change: string) => lists.changes.filter((one) => one.change === change).map(({ item }) => item).sort(); // biome-ignore format: one line says it
      expect(told('unlisted')).toEqual(shown.filter((name) => !shows.includes(name)));
      expect(told('listed')).toEqual(shows.filter((name) => !shown.includes(name)));
    };
    await fc.assert(fc.asyncProperty(fc.tuple(documents, documents), listed, judge), RUNS);
  });

  it('tells each item once, with those who no longer see it', async () => {
    const day = await recordedBy([all], [tools(['query', 'drop']), tools(['query', 'drop'], 'bob'), tools(['drop'])]); // biome-ignore format: one line says it
    expect(changed(day, [all, no(['drop'])]).told).toEqual(['drop unlisted ana,bob 3']);
    const guests = { not: { 'identity.groups': { contains: 'analysts' } } };
    expect(changed(day, [all, no(['drop'], guests)]).told).toEqual(['drop unlisted bob 1']);
    expect(changed(day, [all, no(['other'])])).toMatchObject({ compared: 3, told: [] });
  });

  it('tells what is seen now and was left out, by the list as it came', async () => {
    const rules = [all, no(['drop'])];
    const day = await recordedBy(rules, [tools(['query', 'drop'])]);
    expect(changed(day, [all])).toMatchObject({ told: ['drop listed ana 1'], unknownItems: 0 });
    expect(changed(day, rules).told).toEqual([]);
    expect(changed(day, [all, no(['query'])]).told.sort()).toEqual(['drop listed ana 1', 'query unlisted ana 1']); // biome-ignore format: one line says it
    expect(changed(day, [all], [all, no(['query'])]).told).toEqual(['query listed ana 1']);
  });

  it('counts what was left out of a list that is not at hand as it came, and never guesses its names', async () => {
    const day = await recordedBy([all, no(['drop'])], [tools(['query', 'drop'])], { originals: false }); // biome-ignore format: one line says it
    expect(changed(day, [all])).toMatchObject({ told: [], unknownItems: 1, compared: 1 });
    expect(changed(day, [all, no(['query'])]).told).toEqual(['query unlisted ana 1']);
  });

  it('does not compare where rules ask what is masked, or was not recorded', async () => {
    const masks = { id: 'masks', mask: [{ find: 'email' }] };
    const described = tool('query', { description: 'mail ana@example.com' });
    const day = await recordedBy([all, masks], [listOf({ tools: [described] })], {
      originals: false,
    });
    const mails = no(['*'], { 'tool.description': { matches: 'mail' } });
    expect(changed(day, [all, mails])).toMatchObject({ told: [], open: { 'rules ask what is masked in the list': 1 } }); // biome-ignore format: one line says it
    expect(changed(day, [all, no(['query'])]).told).toEqual(['query unlisted ana 1']);
    const [one] = (await recordedBy([all], [tools(['query'])])) as [Recorded];
    const [first, ...rest] = one.events as [TranscriptEvent];
    const events = [{ ...first, detail: { ...first.detail, client: undefined } }, ...rest];
    const unnamed = { ...one, events, record: { ...one.record, agent: 'a/b/2' } };
    const agent = no(['*'], { 'client.name': { eq: 'a' } });
    expect(changed([unnamed], [all, agent])).toMatchObject({
      told: [],
      open: { 'rules ask what was not recorded of the caller': 1 },
    });
    const cut = { ...one, events: one.events.map((event) => (event.kind === 'answered' ? { ...event, detail: { characters: 9 } } : event)) }; // biome-ignore format: one line says it
    expect(changed([cut], [all])).toMatchObject({ open: { 'only the beginning of the list was kept': 1 } }); // biome-ignore format: one line says it
  });

  it('leaves aside what a pin has taken out', async () => {
    const [one] = (await recordedBy([all, no(['drop'])], [tools(['query', 'drop', 'odd'])])) as [
      Recorded,
    ];
    const strip = (text: string) => {
      const message = JSON.parse(text);
      message.result.tools = message.result.tools.filter(
        ({ name }: { name: string }) => name !== 'odd',
      );
      return JSON.stringify(message);
    };
    const pinned = (pins: JsonObject): Recorded => {
      const note = { kind: 'masked', detail: { what: 'tools (pins)', count: 1, tools: pins } } as const; // biome-ignore format: one line says it
      const events = one.events.flatMap((event): TranscriptEvent[] => {
        if (event.kind !== 'answered') return [event];
        return [
          { ...event, ...note },
          { ...event, payload: strip(event.payload ?? '') },
        ];
      });
      return { ...one, events };
    };
    expect(changed([pinned({ odd: { code: 'PIN_CHANGED' } })], [all]).told).toEqual(['drop listed ana 1']); // biome-ignore format: one line says it
    // Which tools they were may not be known any more.
    expect(changed([pinned({})], [all])).toMatchObject({ told: [], unknownItems: 1 });
  });

  it('does not compare what is not given to anybody', async () => {
    const refused = { id: 'no', on: { methods: ['tools/list'] }, then: 'block' };
    const day = await recordedBy([all], [tools(['query'])]);
    expect(changed(day, [all, refused])).toMatchObject({ compared: 0, told: [] });
  });

  it('judges a list once for each caller, and again where rules ask the time', async () => {
    const day = await recordedBy(
      [all],
      Array.from({ length: 20 }, () => tools(['query', 'drop'])),
    );
    const asked: Json[] = [];
    const { backtestEngine } = await import('../../../src/cli/replay/backtest/backtest-engine.ts');
    const { RecordedCase } = await import('../../../src/replay/recorded-case.ts');
    const count = (rules: readonly RuleText[]) => {
      asked.length = 0;
      const engine = { ...backtestEngine, isListed: (...args: Parameters<typeof backtestEngine.isListed>) => asked.push(args[0]) > 0 }; // biome-ignore format: one line says it
      const changes = new ListChanges(policiesOf(rules), undefined, engine);
      for (const one of day) changes.add(RecordedCase.of(one) as never);
      return asked.length;
    };
    expect(count([all, no(['drop'])])).toBe(2);
    expect(count([all, no(['drop'], { 'request.time': { lt: '2020-01-01T00:00:00Z' } })])).toBe(40);
  });

  it('names no more callers than there is room for, the first by name', async () => {
    const day = await recordedBy([all], Array.from({ length: 110 }, (_, n) => tools(['drop'], `c${String(n).padStart(3, '0')}`))); // biome-ignore format: one line says it
    const [change] = changed(day.toReversed(), [all, no(['drop'])]).changes;
    expect(change).toMatchObject({ lists: 110, moreCallers: true });
    expect([change?.callers.length, change?.callers[49]?.sub]).toEqual([50, 'c049']);
  });

  it('is accepted by what is listed, to whichever way, and not by the id of a rule', async () => {
    const day = await recordedBy([all], [tools(['query', 'drop_all'])]);
    const [change] = changed(day, [all, no(['drop_all'])]).changes;
    const accepted = (acceptance: object) => change && new Accepting([acceptance]).change(change).accepted; // biome-ignore format: one line says it
    expect(accepted({ target: 'drop_*', to: 'unlisted' })).toBe(true);
    expect(accepted({ from: 'listed', upstream: 'd*', method: 'tools/*' })).toBe(true);
    expect(accepted({ target: 'drop_*', to: 'listed' })).toBe(false);
    expect(accepted({ target: 'drop_*', to: 'block' })).toBe(false);
    expect(accepted({ rule: 'no' })).toBe(false);
  });
});
