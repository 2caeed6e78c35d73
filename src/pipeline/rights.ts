import { ABSENT, type Prospect, type Subject, type Use } from '../policy/subject.ts';
import { methodRow } from '../protocol/methods.ts';
import type { Exchange } from './exchange.ts';
import { listedSubject } from './subject-of.ts';

/** What a caller and an upstream may ever do with each other; each is looked up once for each caller and upstream. */
const uses = {
  tools: { kind: 'tools', method: 'tools/call' },
  resources: { kind: 'resources', method: 'resources/read' },
  subscribe: { kind: 'resources', method: 'resources/subscribe' },
  prompts: { kind: 'prompts', method: 'prompts/get' },
  promptCompletion: { kind: 'prompts', method: 'completion/complete' },
  resourceCompletion: { kind: 'resources', method: 'completion/complete' },
  setLevel: { kind: 'methods', method: 'logging/setLevel' },
  logMessage: { kind: 'methods', method: 'notifications/message', down: true },
  getTask: { kind: 'methods', method: 'tasks/get' },
  listTasks: { kind: 'methods', method: 'tasks/list' },
  cancelTask: { kind: 'methods', method: 'tasks/cancel' },
  sample: { kind: 'methods', method: 'sampling/createMessage', down: true },
  listRoots: { kind: 'methods', method: 'roots/list', down: true },
  // A mode left out means a form (2025-11-25, elicitation).
  askForm: { kind: 'methods', method: 'elicitation/create', down: true, known: { mode: 'form' } },
  askPlainly: {
    kind: 'methods',
    method: 'elicitation/create',
    down: true,
    known: { mode: ABSENT },
  },
  askUrl: { kind: 'methods', method: 'elicitation/create', down: true, known: { mode: 'url' } },
} satisfies Record<string, Use>;

export type UseName = keyof typeof uses;

/** Answers what the policies of an exchange can ever allow its caller and its upstream. */
export class Rights {
  readonly #exchange: Exchange;
  /** Most clients offer little, so that nothing is asked. */
  #subject: Subject | undefined;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** True unless no message of this use can ever pass. */
  may(name: UseName): boolean {
    const use: Use = uses[name];
    const { grant } = methodRow(use.method);
    switch (this.#prospect(use)) {
      case 'granted':
        return true;
      case 'stopped':
        return false;
      case 'open':
        // What needs no rule of its own passes for whoever could use what it is about.
        return grant === 'reference' ? this.#couldUse(use) : grant !== 'rule';
    }
  }

  #couldUse({ kind }: Use): boolean {
    if (kind === 'tools' || kind === 'resources' || kind === 'prompts') {
      return this.#prospect(uses[kind]) === 'granted';
    }
    return (['tools', 'resources', 'prompts'] as const).some((name) => this.may(name));
  }

  #prospect(use: Use): Prospect {
    const { method, snapshot } = this.#exchange;
    const target = { kind: 'methods', name: method } as const;
    this.#subject ??= listedSubject(this.#exchange, method, target, null);
    return snapshot.policies?.prospect(this.#subject, use) ?? 'stopped';
  }
}
