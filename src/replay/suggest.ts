import type { Decision } from '../model/decision.ts';
import { compilePolicies } from '../policy/compile.ts';
import type { PolicySet } from '../policy/policy-set.ts';
import { ABSENT, type Subject, UNKNOWN } from '../policy/subject.ts';
import { methodRow } from '../protocol/methods.ts';
import { type Recorded, type RecordedSubject, recordedSubject } from './recorded-subject.ts';
import { Lessons, questionSubject, questionsIn } from './suggest-learn.ts';
import { rulesFor, type SuggestedRule } from './suggest-rule.ts';
import { policyText } from './suggest-yaml.ts';

/** Reads recorded traffic, oldest first; it is read twice. */
export type Traffic = () => Iterable<Recorded> | AsyncIterable<Recorded>;

export interface SuggestOptions {
  /** Learns from what was blocked as well. */
  readonly blocked: boolean;
  readonly mode: 'shadow' | 'enforce';
  /** Gives a decision as the gate does, by a method's way of being granted. */
  readonly judge: (subject: Subject, policies: PolicySet) => Decision;
  /** Lines for the top of the file. */
  readonly head: readonly string[];
  /** Told now and then how many exchanges were read. */
  readonly progress?: (read: number) => void;
}

/** Something recorded that the policy does not allow. */
export interface Uncovered {
  readonly what: string;
  readonly why: string;
  readonly exchanges: number;
  /** One of them. */
  readonly example: string;
}

/** A policy that would have allowed what was recorded, and the proof of it. */
export interface Suggestion {
  readonly text: string;
  readonly rules: readonly SuggestedRule[];
  /** Exchanges that were read, handshakes and lists among them. */
  readonly read: number;
  /** Calls among them (all that needs a rule), those that were to be learnt from, and that the policy allows in enforce mode. */
  readonly calls: number;
  readonly learnt: number;
  readonly allowed: number;
  readonly uncovered: readonly Uncovered[];
  /** Sorts of uncovered exchanges that are not listed. */
  readonly more: number;
}

const MAX_UNCOVERED = 50;
const EVERY = 20_000;

/** Suggests the least-privilege policy that would have allowed recorded traffic. */
export async function suggestPolicy(
  traffic: Traffic,
  options: SuggestOptions,
): Promise<Suggestion> {
  const lessons = new Lessons();
  const { read, calls } = await learn(traffic, lessons, options);
  const rules = rulesFor(lessons.entries, lessons.issuers);
  const proof = new Proof(compiled(rules), options);
  await proof.run(traffic, read);
  const { learnt, allowed } = proof;
  const uncovered = [...proof.uncovered.values()];
  const text = policyText(rules, options.mode, [
    ...options.head,
    `It allows ${allowed} of ${learnt} recorded calls in enforce mode (proven before it was written).`,
    ...uncovered.map(({ what, why, exchanges }) => `Not covered: ${what} (${exchanges}): ${why}`),
  ]);
  const { problems } = compilePolicies([{ file: 'suggested.yaml', text }]);
  const broken = problems.find(({ severity }) => severity === 'error');
  if (broken) throw new Error(`the suggested policy does not compile: ${broken.message}`);
  return { text, rules, read, calls, learnt, allowed, uncovered, more: proof.more };
}

function compiled(rules: readonly SuggestedRule[]): PolicySet {
  const text = policyText(rules, 'enforce', []);
  const { policies, problems } = compilePolicies([{ file: 'suggested.yaml', text }]);
  if (policies) return policies;
  throw new Error(`the suggested policy does not compile: ${problems[0]?.message}`);
}

async function learn(traffic: Traffic, lessons: Lessons, options: SuggestOptions) {
  let read = 0;
  let calls = 0;
  for await (const recorded of traffic()) {
    if (++read % EVERY === 0) options.progress?.(read);
    const own = isCall(recorded);
    if (own) calls++;
    // What it learns stands in the policy, so it learns from what may be read.
    const found = recordedSubject(recorded, { answered: false, originals: false });
    if (typeof found === 'string' || whyNot(found) !== undefined) continue;
    const { record } = recorded;
    const { subject, hidden } = found;
    if (!isLesson(recorded, options)) {
      if (own && record.outcome === 'blocked') lessons.count({ subject });
      continue;
    }
    const facts = { hidden, at: record.openedAt, session: record.session };
    if (own) lessons.learn({ subject, ...facts });
    for (const method of questionsIn(recorded)) {
      lessons.learn({ subject: questionSubject(subject, method), ...facts });
    }
  }
  return { read, calls };
}

/** True of what needs a rule: handshakes, lists and what concerns a task need none. */
function isCall({ record }: Recorded): boolean {
  const { grant } = methodRow(record.method);
  return grant === 'rule' || grant === 'reference';
}

function isLesson({ record }: Recorded, { blocked }: SuggestOptions): boolean {
  const { outcome } = record;
  return outcome === 'answered' || outcome === 'delivered' || (blocked && outcome === 'blocked');
}

/** Why nothing can be learnt from a message. */
function whyNot({ subject }: RecordedSubject): string | undefined {
  return subject.args === UNKNOWN ? 'its message was not recorded whole' : undefined;
}

/** Judges what was learnt from by the policy that came of it. */
class Proof {
  readonly uncovered = new Map<string, Uncovered>();
  more = 0;
  learnt = 0;
  allowed = 0;
  readonly #policies: PolicySet;
  readonly #options: SuggestOptions;

  constructor(policies: PolicySet, options: SuggestOptions) {
    this.#policies = policies;
    this.#options = options;
  }

  /** @param count exchanges that were read before; what has come since is no part of it */
  async run(traffic: Traffic, count: number): Promise<void> {
    let left = count;
    for await (const recorded of traffic()) {
      if (left-- === 0) return;
      if (isLesson(recorded, this.#options)) this.#judge(recorded);
    }
  }

  #judge(recorded: Recorded): void {
    const found = recordedSubject(recorded, { answered: false });
    if (typeof found === 'string') return;
    // What concerns a task follows the call that made it.
    if (methodRow(recorded.record.method).grant === 'task') return;
    const why = whyNot(found) ?? this.#objection(recorded, found);
    if (why !== undefined) this.#note(recorded, why);
    if (!isCall(recorded)) return;
    this.learnt++;
    if (why === undefined) this.allowed++;
  }

  #objection(recorded: Recorded, { subject }: RecordedSubject): string | undefined {
    const asked = questionsIn(recorded).map((method) => questionSubject(subject, method));
    // A tool's annotations are no part of the record, and no rule here asks for them.
    const own: Subject = { ...subject, tool: ABSENT };
    for (const one of [own, ...asked]) {
      const { effect, reason } = this.#options.judge(one, this.#policies);
      if (effect !== 'allow') return reason;
    }
    return undefined;
  }

  #note({ record }: Recorded, why: string): void {
    const { method, target, upstream, sub } = record;
    const what = `${method}${target === undefined ? '' : ` ${target}`} at ${upstream} by ${sub}`;
    const key = `${what}\n${why}`;
    const known = this.uncovered.get(key);
    if (!known && this.uncovered.size >= MAX_UNCOVERED) {
      this.more++;
      return;
    }
    const exchanges = (known?.exchanges ?? 0) + 1;
    this.uncovered.set(key, { what, why, exchanges, example: known?.example ?? record.id });
  }
}
