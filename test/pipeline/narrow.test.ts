import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { metaKeys } from '../../src/protocol/meta.ts';
import * as arbitrary from '../support/arbitraries.ts';
import { answer, asked, leaving, request, TestGate } from '../support/gate.ts';
import { policiesOf, type RuleText, subjectOf } from '../support/policies.ts';

const tools: RuleText = { id: 'tools', on: { tools: ['*'] }, then: 'allow' };
const reads: RuleText = { id: 'reads', on: { resources: ['**'] }, then: 'allow' };
const allow = (...methods: string[]): RuleText => ({ id: 'm', on: { methods }, then: 'allow' });

const offered = {
  experimental: { odd: {} },
  tools: {},
  resources: { subscribe: true },
  prompts: { listChanged: false },
  completions: {},
  logging: {},
  tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
  extensions: { 'io.modelcontextprotocol/tasks': {}, 'com.example/more': { x: 1 } },
  'com.example': true,
};
const client = {
  experimental: {},
  sampling: { tools: {} },
  roots: { listChanged: true },
  elicitation: { form: {}, url: {} },
  'com.example': {},
};

const handshake = (capabilities: object) =>
  request('initialize', {
    ...{ protocolVersion: '2025-11-25', capabilities: capabilities as JsonObject },
    clientInfo: { name: 'c', version: '1' },
  });

/** What a client is offered by an upstream that offers something. */
async function offers(rules: RuleText[], capabilities: object = offered, method = 'initialize') {
  const gate = new TestGate(rules);
  const first = method === 'initialize' ? handshake({}) : request(method, {});
  const [, verdict] = await gate.pass(
    first,
    answer({ protocolVersion: '2025-11-25', capabilities: capabilities as JsonObject }),
  );
  return (leaving(verdict) as { result: { capabilities: JsonObject } }).result.capabilities;
}

/** What an upstream gets to know of what a client offers. */
async function knows(rules: RuleText[], capabilities: object = client) {
  const [verdict] = await new TestGate(rules).pass(handshake(capabilities));
  return (leaving(verdict) as { params: { capabilities: JsonObject } }).params.capabilities;
}

describe('what an upstream offers', () => {
  it('is only what some rule could let the caller use', async () => {
    const kept = await offers([tools]);
    const { experimental, logging, extensions } = offered;
    expect(kept).toMatchObject({ experimental, logging, tools: {}, 'com.example': true });
    for (const name of ['resources', 'prompts', 'completions'])
      expect(kept).not.toHaveProperty(name);
    expect(extensions['com.example/more']).toEqual(
      (kept.extensions as JsonObject)['com.example/more'],
    );
    expect(Object.keys(await offers([reads]))).not.toContain('tools');
  });

  it('is told of server/discover too', async () => {
    const kept = await offers([tools, allow('server/discover')], offered, 'server/discover');
    expect(kept).toHaveProperty('tools');
    expect(kept).not.toHaveProperty('resources');
  });

  it('changes with the policies, so the gate will say when it does', async () => {
    const kept = await offers([tools, reads]);
    expect(kept.tools).toEqual({ listChanged: true });
    expect(kept.resources).toEqual({ subscribe: true, listChanged: true });
  });

  it('stays where arguments, time or approval decide', async () => {
    const early = { 'request.time': { lt: '2000-01-01T00:00:00Z' } };
    for (const more of [
      { when: { 'args.x': { eq: 1 } } },
      { when: early },
      { when: { 'client.name': { eq: 'x' } } },
      { then: 'approve', approval: { by: ['group:dba'], quorum: 1 } },
      { on: { tools: ['query'] } },
      { on: { methods: ['tools/call'] } },
      { on: undefined },
    ]) {
      expect(await offers([{ ...tools, ...more }, allow('ping')])).toHaveProperty('tools');
    }
  });

  it('goes where the caller is not one who may, or a block covers all of it', async () => {
    const dba = { when: { 'identity.groups': { contains: 'dba' } } };
    const block = { id: 'b', then: 'block' };
    for (const rules of [
      [{ ...tools, ...dba }],
      [{ ...tools, mode: 'shadow' }],
      [tools, { ...block, on: { tools: ['*'] } }],
      [tools, { ...block, on: { methods: ['tools/call'] } }],
    ]) {
      expect(await offers([...rules, reads])).not.toHaveProperty('tools');
    }
    const some = { ...block, on: { tools: ['drop*'] } };
    expect(await offers([tools, some])).toHaveProperty('tools');
  });

  it('follows the right to read for subscriptions, and to use for completion', async () => {
    const noSubscriptions = { id: 'b', on: { methods: ['resources/subscribe'] }, then: 'block' };
    expect((await offers([reads, noSubscriptions])).resources).toEqual({ listChanged: true });
    expect(await offers([reads])).toHaveProperty('completions');
    const prompts = { id: 'p', on: { prompts: ['x'] }, then: 'allow' };
    expect(await offers([prompts])).toHaveProperty('completions');
    const none = { id: 'b', on: { methods: ['completion/complete'] }, then: 'block' };
    expect(await offers([prompts, none])).not.toHaveProperty('completions');
  });

  it('has no log where a rule stops it', async () => {
    const stop = { id: 'b', on: { methods: ['logging/*'] }, then: 'block' };
    expect(await offers([tools, stop])).not.toHaveProperty('logging');
  });

  it('has no tasks where no tool can be called', async () => {
    const kept = await offers([reads, allow('tasks/*')]);
    expect(kept).not.toHaveProperty('tasks');
    expect(kept.extensions).toEqual({ 'com.example/more': { x: 1 } });
    expect((await offers([tools, allow('tasks/*')])).tasks).toEqual(offered.tasks);
  });

  it('is noted', async () => {
    const gate = new TestGate([tools]);
    await gate.pass(handshake({}), answer({ capabilities: offered }));
    expect(gate.transcript()).toContain('capabilities (narrowed)');
  });
});

describe('what a client offers', () => {
  it('is not told to upstreams that may ask for nothing', async () => {
    expect(await knows([tools])).toEqual({ experimental: {}, 'com.example': {} });
  });

  it('is told as far as rules let the upstream ask', async () => {
    expect(await knows([tools, allow('sampling/createMessage')])).toMatchObject({
      sampling: { tools: {} },
    });
    expect(await knows([tools, allow('roots/list')])).toMatchObject({ roots: client.roots });
    const all = await knows([tools, allow('**')]);
    expect(all).toEqual(client);
  });

  it('keeps the ways of asking apart', async () => {
    const ask = allow('elicitation/create');
    const only = (mode: unknown) => [tools, { ...ask, when: { 'args.mode': mode } }];
    expect(await knows([tools, ask])).toMatchObject({ elicitation: { form: {}, url: {} } });
    expect((await knows(only({ eq: 'url' }))).elicitation).toEqual({ url: {} });
    expect((await knows(only({ eq: 'form' }))).elicitation).toEqual({ form: {} });
    expect((await knows(only({ absent: true }))).elicitation).toEqual({ form: {} });
    // An empty object offers forms.
    const url = only({ eq: 'url' });
    expect(await knows(url, { elicitation: {} })).not.toHaveProperty('elicitation');
    const form = only({ ne: 'url' });
    expect(await knows(form, { elicitation: {} })).toEqual({ elicitation: {} });
    expect(await knows(form, { elicitation: { url: {} } })).not.toHaveProperty('elicitation');
  });

  it('is not told where the upstream would have to wait for an approval, which nobody can give', async () => {
    const approve = { ...allow('sampling/createMessage'), then: 'approve' };
    const approval = { by: ['group:dba'], quorum: 1 };
    expect(await knows([tools, { ...approve, approval }])).not.toHaveProperty('sampling');
  });

  it('is narrowed in each request of the stateless era', async () => {
    const meta = { [metaKeys.clientCapabilities]: { sampling: {}, roots: {} }, more: 1 };
    const gate = new TestGate([tools, allow('roots/list')]);
    const [verdict] = await gate.pass(request('tools/call', { name: 'query', _meta: meta }));
    expect(leaving(verdict)).toMatchObject({
      params: { name: 'query', _meta: { [metaKeys.clientCapabilities]: { roots: {} }, more: 1 } },
    });
    const { sampling } = (leaving(verdict) as { params: { _meta: Record<string, JsonObject> } })
      .params._meta[metaKeys.clientCapabilities] as JsonObject;
    expect(sampling).toBeUndefined();
  });

  it('sets no level with a request where it may set none', async () => {
    const meta = { [metaKeys.logLevel]: 'debug', more: 1 };
    const level = async (rules: RuleText[]) => {
      const gate = new TestGate(rules);
      const [verdict] = await gate.pass(request('tools/call', { name: 'query', _meta: meta }));
      return (leaving(verdict) as { params: { _meta: JsonObject } }).params._meta;
    };
    const block = { id: 'b', on: { methods: ['logging/setLevel'] }, then: 'block' };
    expect(await level([tools])).toEqual(meta);
    expect(await level([tools, block])).toEqual({ more: 1 });
  });

  it('sets no level with a request that a rule on levels blocks', async () => {
    const block: RuleText = {
      ...{ id: 'no-debug', on: { methods: ['logging/setLevel'] }, then: 'block' },
      when: { 'args.level': { eq: 'debug' } },
    };
    const level = async (name: string) => {
      const _meta = { [metaKeys.logLevel]: name };
      const [verdict] = await new TestGate([tools, block]).pass(
        request('tools/call', { name: 'query', _meta }),
      );
      return (leaving(verdict) as { params: { _meta: JsonObject } }).params._meta;
    };
    expect(await level('debug')).toEqual({});
    expect(await level('info')).toEqual({ [metaKeys.logLevel]: 'info' });
  });
});

describe('what a client wants to hear of', () => {
  const listen = async (rules: RuleText[], notifications: object) => {
    const gate = new TestGate([...rules, allow('subscriptions/listen')]);
    const params = { notifications: notifications as JsonObject };
    const [verdict] = await gate.pass(request('subscriptions/listen', params));
    return (leaving(verdict) as { params: { notifications: JsonObject } }).params.notifications;
  };

  it('is only what it may read and use', async () => {
    const files = { id: 'r', on: { resources: ['file:///a/**'] }, then: 'allow' };
    const wanted = {
      ...{ toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true, x: 1 },
      resourceSubscriptions: ['file:///a/b', 'file:///b', 'file:///a/../b', 7],
    };
    expect(await listen([files], wanted)).toEqual({
      ...{ resourcesListChanged: true, x: 1 },
      resourceSubscriptions: ['file:///a/b'],
    });
    expect(await listen([tools], { resourceSubscriptions: ['file:///b'] })).toEqual({
      resourceSubscriptions: [],
    });
    expect(await listen([tools], { resourceSubscriptions: 'file:///b' })).toEqual({
      resourceSubscriptions: [],
    });
    expect(await listen([reads], wanted)).toHaveProperty('resourcesListChanged');
  });

  it('is no more than the gate can handle at once', async () => {
    const many = Array.from({ length: 5_000 }, (_, number) => `file:///${number}`);
    const members = Object.fromEntries(many.map((name) => [name, true]));
    const lists = { resourceSubscriptions: many, other: many };
    const asked = await listen([reads], { ...lists, ...members });
    const first = many.slice(0, 1_024);
    expect(asked).toMatchObject({ resourceSubscriptions: first, other: first });
    expect(Object.keys(asked)).toHaveLength(32);
  });

  it('is recorded with how much was taken off', async () => {
    const gate = new TestGate([reads, allow('subscriptions/listen')]);
    const uris = Array.from({ length: 1_030 }, (_, number) => `file:///${number}`);
    // Six URIs are too many, one is none, and changes of tools are nothing that it may know.
    const notifications = { resourceSubscriptions: [7, ...uris.slice(1)], toolsListChanged: true };
    await gate.pass(request('subscriptions/listen', { notifications }));
    const masked = gate.store.events('exchange-1').filter(({ kind }) => kind === 'masked');
    expect(masked.map(({ detail }) => detail)).toEqual([
      { what: 'notifications (pruned)', count: 8 },
    ]);
  });

  it('has nothing large in it that the gate does not know', async () => {
    const long = 'x'.repeat(70_000);
    const large = { text: long, object: { long }, list: [long], [long]: true };
    const uris = Array.from(
      { length: 1_000 },
      (_, number) => `file:///${number}/${'y'.repeat(99)}`,
    );
    const wanted = { small: { x: 1 }, resourceSubscriptions: uris };
    expect(await listen([reads], { ...large, ...wanted })).toEqual(wanted);
  });
});

describe('narrowing', () => {
  it('never takes off what a call would be allowed for', async () => {
    const call = fc.record({ name: fc.constantFrom(...arbitrary.toolNames), args: arbitrary.args });
    await fc.assert(
      fc.asyncProperty(arbitrary.rules, call, async (rules, { name, args }) => {
        const subject = subjectOf({
          target: { kind: 'tools', name },
          args,
          tool: { annotations: {} },
        });
        if (policiesOf(rules).judge(subject).effect === 'block') return;
        // A handshake that a rule stops is none.
        const blocked = policiesOf(rules).judgeSession(
          subjectOf({
            target: { kind: 'methods', name: 'initialize' },
            request: { method: 'initialize' },
          }),
        );
        if (blocked.effect !== 'allow') return;
        const gate = new TestGate(rules);
        const capabilities = { tools: {} };
        const [, verdict] = await gate.pass(handshake({}), answer({ capabilities }));
        expect(leaving(verdict)).toMatchObject({ result: { capabilities: { tools: {} } } });
      }),
      { numRuns: 200 },
    );
  });

  it('never takes off what an upstream would be let ask for', async () => {
    const mode = fc.constantFrom('form', 'url', undefined);
    const rule = fc.record(
      {
        on: fc.constantFrom({ methods: ['elicitation/*'] }, { methods: ['**'] }, { tools: ['*'] }),
        when: fc.constantFrom(
          { 'args.mode': { eq: 'url' } },
          { 'args.mode': { absent: true } },
          { not: { 'args.mode': { eq: 'form' } } },
          { 'args.**': { matches: 'u' } },
          { 'args.message': { eq: 'hi' } },
          { 'request.method': { eq: 'elicitation/create' } },
        ),
        then: fc.constantFrom('allow', 'allow', 'block', 'approve'),
      },
      { requiredKeys: ['on', 'then'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(rule, { maxLength: 5 }), mode, async (some, how) => {
        const rules = arbitrary.named([...some, { on: { tools: ['x'] }, then: 'allow' }]);
        const gate = new TestGate(rules);
        const params = { message: 'hi', ...(how === undefined ? {} : { mode: how }) };
        const [question] = await gate.pass(asked('elicitation/create', params));
        if (question?.kind !== 'forward') return;
        const [verdict] = await gate.pass(handshake({ elicitation: { form: {}, url: {} } }));
        if (verdict?.kind !== 'forward') return;
        expect(leaving(verdict)).toMatchObject({
          params: { capabilities: { elicitation: { [how ?? 'form']: {} } } },
        });
      }),
      { numRuns: 300 },
    );
  });
});
