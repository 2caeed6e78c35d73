import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { ClientSink } from '../../src/pipeline/client-sink.ts';
import { addressed } from '../../src/pipeline/union/addressing.ts';
import { joinCursors, splitCursor } from '../../src/pipeline/union/cursor.ts';
import {
  joinCacheHints,
  joinCapabilities,
  joinInstructions,
} from '../../src/pipeline/union/join.ts';
import { JoinedSubscription } from '../../src/pipeline/union/joined-subscription.ts';
import { Naming } from '../../src/pipeline/union/naming.ts';
import { Renaming } from '../../src/pipeline/union/renaming.ts';
import { silentSink } from '../../src/pipeline/union/sinks.ts';
import { request } from '../support/gate.ts';

const naming = new Naming(
  '__',
  new Map([
    ['orders-db', 'orders'],
    ['mail', 'mail'],
  ]),
);
const upstream = fc.constantFrom('orders-db', 'mail');

describe('names of the union', () => {
  it('lead back to the upstream and the name that they were made of', () => {
    fc.assert(
      fc.property(upstream, fc.string(), (of, name) => {
        expect(naming.resolve(naming.name(of, name))).toEqual({ upstream: of, name });
      }),
    );
  });

  it('lead back for URIs and templates as well, whatever they hold', () => {
    const uri = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.constantFrom('ui://page', 'ui://mail/page', 'sallyport://mail/x', 'file:///{path}', 'a:b'),
    );
    fc.assert(
      fc.property(upstream, uri, (of, name) => {
        expect(naming.resolveUri(naming.uri(of, name))).toEqual({ upstream: of, name });
      }),
    );
  });

  it('are prefixed once, and unprefixed once', () => {
    expect(naming.name('mail', 'mail__send')).toBe('mail__mail__send');
    expect(naming.resolve('mail__mail__send')).toEqual({ upstream: 'mail', name: 'mail__send' });
  });

  it.each(['send', '__send', 'Mail__send', 'mail_send', 'sallyport://mail', 'orders-db__query'])(
    'of nobody lead nowhere: %s',
    (name) => {
      expect(naming.resolve(name)).toBeUndefined();
      expect(naming.resolveUri(name)).toBeUndefined();
    },
  );
});

describe('what is asked', () => {
  it('is put into the words of its upstream, resources in arguments too', () => {
    const own = naming.uri('mail', 'file:///a');
    const other = naming.uri('orders-db', 'file:///b');
    const params = { name: 'mail__send', arguments: { attach: [own, other, `see ${own}`] } };
    expect(addressed(naming, 'tools/call', params)).toEqual({
      upstream: 'mail',
      params: { name: 'send', arguments: { attach: ['file:///a', other, `see ${own}`] } },
    });
  });

  it('names what a completion is for', () => {
    const ref = { type: 'ref/prompt', name: 'mail__greet' };
    expect(addressed(naming, 'completion/complete', { ref, argument: {} })).toEqual({
      upstream: 'mail',
      params: { ref: { type: 'ref/prompt', name: 'greet' }, argument: {} },
    });
  });

  it('may name a task, that of a message too', () => {
    expect(addressed(naming, 'tasks/get', { taskId: 'orders__t1' })).toEqual({
      upstream: 'orders-db',
      params: { taskId: 't1' },
    });
  });
});

describe('what comes back', () => {
  const renaming = new Renaming(naming, 'mail');

  it('carries names that can be used again', () => {
    const result = {
      content: [
        { type: 'text', text: 'file:///a' },
        { type: 'resource_link', uri: 'file:///a', name: 'a' },
        { type: 'resource', resource: { uri: 'file:///b', text: 'b' } },
      ],
      structuredContent: { uri: 'file:///c' },
    };
    expect(renaming.result('tools/call', result)).toEqual({
      ...result,
      content: [
        { type: 'text', text: 'file:///a' },
        { type: 'resource_link', uri: 'sallyport://mail/file:///a', name: 'a' },
        { type: 'resource', resource: { uri: 'sallyport://mail/file:///b', text: 'b' } },
      ],
    });
  });

  it('names the page of a tool', () => {
    const tools = [{ name: 'send', _meta: { ui: { resourceUri: 'ui://send/page' } } }];
    expect(renaming.result('tools/list', { tools })).toEqual({
      tools: [{ name: 'mail__send', _meta: { ui: { resourceUri: 'ui://mail/send/page' } } }],
    });
  });

  it('stays what it is where nothing is named', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const result = { structuredContent: value } as JsonObject;
        expect(renaming.result('tools/call', result)).toBe(result);
      }),
    );
  });
});

describe('a cursor of the union', () => {
  it('holds those of the upstreams', () => {
    const cursors = fc.dictionary(upstream, fc.string(), { minKeys: 1, noNullPrototype: true });
    fc.assert(
      fc.property(cursors, (each) => {
        const cursor = joinCursors(new Map(Object.entries(each))) ?? '';
        expect(Object.fromEntries(splitCursor(cursor) ?? [])).toEqual(each);
      }),
    );
    expect(joinCursors(new Map())).toBeUndefined();
  });

  it.each(['', 'page2', Buffer.from('{}').toString('base64url'), 'W10', 'eyJhIjoxfQ'])(
    'that the gate did not make is none: %s',
    (text) => expect(splitCursor(text)).toBeUndefined(),
  );
});

describe('the union', () => {
  const parts = [
    {
      upstream: 'orders-db',
      result: { capabilities: { tools: {} }, instructions: 'Ask.', ttlMs: 9 },
    },
    {
      upstream: 'mail',
      result: { capabilities: { tools: { listChanged: true }, prompts: {} }, ttlMs: 5 },
    },
  ];

  it('can do what any of its upstreams can', () => {
    expect(joinCapabilities(parts)).toEqual({ tools: { listChanged: true }, prompts: {} });
  });

  it('gives instructions under the name that they are about', () => {
    expect(joinInstructions(parts, (it) => naming.name(it, '*'))).toBe('# orders__*\n\nAsk.');
  });

  it('lets nothing be kept for longer than each of them allows', () => {
    expect(joinCacheHints(parts)).toEqual({ ttlMs: 5, cacheScope: 'private' });
    expect(joinCacheHints([...parts, { upstream: 'x', result: {} }])).toMatchObject({ ttlMs: 0 });
    expect(joinCacheHints([{ upstream: 'x', result: {} }])).toEqual({});
  });
});

describe('a subscription at several upstreams', () => {
  /** A client that keeps what it gets. */
  function collecting() {
    const texts: JsonObject[] = [];
    const client: ClientSink = {
      ...silentSink(),
      message: (text) => void texts.push(JSON.parse(text)),
      answer: (text) => void texts.push(JSON.parse(text)),
    };
    return { texts, client };
  }

  const uris = [naming.uri('mail', 'm://1'), naming.uri('orders-db', 'o://1')];
  const notifications = { toolsListChanged: true, resourceSubscriptions: uris };
  const frame = request('subscriptions/listen', { notifications });
  const ack = (accepted: JsonObject) =>
    JSON.stringify({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: accepted },
    });

  it('asks each for its own, acknowledges once, and is over when all are', () => {
    if (frame.kind !== 'request') throw new Error('no request');
    const { texts, client } = collecting();
    const { parts } = new JoinedSubscription(frame, client, naming);
    expect(parts.map((part) => part.frame.message.params?.notifications)).toEqual([
      { toolsListChanged: true, resourceSubscriptions: ['o://1'] },
      { toolsListChanged: true, resourceSubscriptions: ['m://1'] },
    ]);
    const [orders, mail] = parts;
    orders?.sink.message(ack({ toolsListChanged: true }));
    orders?.sink.message(JSON.stringify({ method: 'notifications/tools/list_changed' }));
    expect(texts).toEqual([]);
    mail?.sink.message(ack({ resourceSubscriptions: ['m'] }));
    expect(texts.map(({ method }) => method)).toEqual([
      'notifications/subscriptions/acknowledged',
      'notifications/tools/list_changed',
    ]);
    expect(texts[0]?.params).toMatchObject({
      notifications: { toolsListChanged: true, resourceSubscriptions: ['m'] },
    });
    orders?.sink.end();
    expect(texts).toHaveLength(2);
    mail?.sink.end();
    expect(texts[2]).toMatchObject({ id: 1, result: { resultType: 'complete' } });
  });
});

describe('prefixes', () => {
  const parse = (upstreams: string[], union: object) =>
    configSchema.safeParse({
      upstreams: Object.fromEntries(upstreams.map((name) => [name, { url: 'http://localhost/' }])),
      union,
    });

  it.each([
    [['a__b'], {}, /runs into the separator/],
    [['a_'], {}, /runs into the separator/],
    [['a', 'b'], { prefixes: { a: 'x', b: 'x' } }, /as well/],
    [['a'], { prefixes: { b: 'x' } }, /no upstream/],
    [['a'], { separator: '' }, /letters/],
  ])('of %j with %j are refused', (upstreams, union, said) => {
    const { error } = parse(upstreams, union);
    expect(error?.issues.map(({ message }) => message).join('\n')).toMatch(said);
  });

  it('may be given where a name won’t do', () => {
    expect(parse(['a__b'], { prefixes: { a__b: 'ab' } }).success).toBe(true);
  });
});
