import type { Identity } from '../../model/identity.ts';
import { isObject, type Json, textMember } from '../../model/json.ts';
import { ofKey } from '../../model/of-key.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { ABSENT, type Subject, UNKNOWN, type Value } from '../../policy/subject.ts';
import type { RecordedCase } from '../recorded-case.ts';
import type { Engine } from './engine.ts';
import { OpenRules } from './open-rules.ts';
import type { ListItems, ListRow, RecordedList } from './recorded-list.ts';

type Names = ReadonlySet<string>;

const TOOL = [['tool']];
/** Facts of a request by which lists may differ, beside who asks. */
const FACTS = [
  { places: [['request', 'time']], of: ({ at }: RecordedList) => at },
  { places: [['request', 'ip']], of: (_: RecordedList, { request }: RecordedCase) => request.ip },
  {
    places: [['request', 'protocol']],
    of: (_: RecordedList, { request }: RecordedCase) => request.protocol,
  },
  { places: [['client']], of: (_: RecordedList, { client }: RecordedCase) => client },
];
/** Answers to one caller about one list that are remembered, then forgotten at once. */
const MAX_REMEMBERED = 256;

/** Which items of recorded lists one set of policies leaves in them, by the gate's own code. */
export class Listing {
  readonly #policies: PolicySet;
  readonly #engine: Engine;
  readonly #rules: OpenRules;
  readonly #known = new WeakMap<ListItems, WeakMap<Identity, Map<string, Names>>>();

  constructor(policies: PolicySet, engine: Engine) {
    this.#policies = policies;
    this.#engine = engine;
    this.#rules = new OpenRules(policies);
  }

  /** Names of those that stay, or why that can't be told. */
  of(list: RecordedList, row: ListRow, found: RecordedCase): Names | string {
    const about = this.#rules.ofUpstream(found.record.upstream);
    if (about.reads(found.hiddenFacts)) return 'rules ask what was not recorded of the caller';
    const readsTool = row.kind === 'tools' && about.reads(TOOL);
    if (readsTool && list.masked) return 'rules ask what is masked in the list';
    const { upstream, method } = found.record;
    const read = FACTS.map(({ places, of }) => (about.reads(places) ? of(list, found) : null));
    const key = JSON.stringify([upstream, method, ...read]);
    const callers = ofKey(this.#known, list.known, () => new WeakMap<Identity, Map<string, Names>>()); // biome-ignore format: one line says it
    const names = ofKey(callers, found.identity, () => new Map<string, Names>());
    const before = names.get(key);
    if (before) return before;
    if (names.size >= MAX_REMEMBERED) names.clear();
    const left = this.#judge(list, row, found, readsTool);
    names.set(key, left);
    return left;
  }

  #judge(
    { known, at }: RecordedList,
    row: ListRow,
    found: RecordedCase,
    readsTool: boolean,
  ): Names {
    const { identity, client } = found;
    const tool = readsTool ? this.#engine.toolFacts(known.items) : unknown;
    const subjectOf = (method: string, target: Subject['target']): Subject => ({
      ...{ identity, target, client, args: UNKNOWN, meta: UNKNOWN, result: UNKNOWN },
      request: { ...found.request, method, now: at },
      tool: row.kind === 'tools' ? tool(target.name) : ABSENT,
    });
    const stays = (item: Json) => this.#engine.isListed(item, row, this.#policies, subjectOf);
    return new Set(known.items.filter(stays).map((item) => nameOf(item, row)));
  }
}

function unknown(): Value {
  return UNKNOWN;
}

function nameOf(item: Json, { name }: ListRow): string {
  return (isObject(item) ? textMember(item, name) : undefined) ?? '';
}
