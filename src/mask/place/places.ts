import type { Json } from '../../model/json.ts';
import type { Place } from './place.ts';
import { askedSchema, schema } from './schema-place.ts';

// Where data sits, message by message (PROTOCOL, section 4; the schema of each revision). Anything that a table doesn't
// name is data. What it names is no field: masks of fields and paths leave the names that the protocol has.

// The gate has made it: what an upstream calls a task is nothing that a client sees.
const relatedTask = {
  'io.modelcontextprotocol/related-task': { members: { taskId: 'wire' } },
} satisfies Record<string, Place>;
const progressToken = { progressToken: 'wire' } satisfies Record<string, Place>;
const subscriptionId = {
  'io.modelcontextprotocol/subscriptionId': 'wire',
} satisfies Record<string, Place>;
/** `_meta` carries what the protocol itself needs, beside what servers put there. */
const meta: Place = { members: { ...progressToken, ...subscriptionId, ...relatedTask } };

/** An object that stays one: what is masked as a whole is masked member by member. */
const record: Place = { rest: 'data' };
/** Texts by name. */
const texts: Place = { rest: 'text' };
const icons: Place = { each: { members: { src: 'picture', mimeType: 'word', theme: 'word' } } };
/** For whom content is, and how much it matters. */
const annotations: Place = {
  members: { audience: { each: 'word' }, priority: 'word', lastModified: 'text' },
};
const described = { title: 'text', description: 'text', icons } satisfies Record<string, Place>;

/** An embedded resource: `text` or `blob` (base64). */
const resource: Place = {
  members: { uri: 'text', mimeType: 'word', text: 'text', blob: 'blob', _meta: record },
};

/** A content block of a tool result, a prompt message or a sampling message. */
const block = {
  members: {
    ...{ type: 'word', mimeType: 'word', size: 'word', data: 'blob', resource, annotations },
    // Named here, so that a masked value which is such a word does not take the name away.
    ...{ text: 'text', uri: 'text', name: 'text', ...described, _meta: record },
  },
} satisfies Place;
/** A block of a message: what a model asks of a tool, and what that answers, as well. */
const messageBlock: Place = {
  members: {
    ...block.members,
    ...{ id: 'text', input: record, toolUseId: 'text' },
    ...{ content: { each: block }, structuredContent: record, isError: 'word' },
  },
};
/** One block, or a list of them. */
const content: Place = { ...messageBlock, each: messageBlock };
const messages: Place = { each: { members: { role: 'word', content, _meta: record } } };

/** What every result may have. */
const anyResult = { resultType: 'word', _meta: record } satisfies Record<string, Place>;
const toolResult = {
  members: {
    ...anyResult,
    content: { each: block },
    structuredContent: record,
    isError: 'word',
  },
} satisfies Place;

/** A task's id, once the gate has made it one that only its caller can use. */
const task = {
  ...{ taskId: 'wire', status: 'word', statusMessage: 'text' },
  ...{ createdAt: 'text', lastUpdatedAt: 'text', ttl: 'word', ttlMs: 'word' },
  ...{ pollInterval: 'word', pollIntervalMs: 'word' },
} satisfies Record<string, Place>;
const detailedTask: Place = { members: { ...task, resultType: 'word', _meta: meta } };
/** What a call is answered with that was made a task: within `task`, or beside the rest (the extension). */
const begunTask: Place = { members: { ...toolResult.members, ...task, task: { members: task } } };

const hints: Place = {
  members: {
    ...{ title: 'text', readOnlyHint: 'word', destructiveHint: 'word' },
    ...{ idempotentHint: 'word', openWorldHint: 'word', ...annotations.members },
  },
};
/** A tool, a resource, a template or a prompt. */
const listed = {
  members: {
    ...{ name: 'wire', uri: 'wire', uriTemplate: 'wire', mimeType: 'word', size: 'word' },
    ...{ ...described, annotations: hints, inputSchema: schema, outputSchema: schema },
    execution: { members: { taskSupport: 'word' } },
    arguments: { each: { members: { name: 'wire', ...described, required: 'word' } } },
    _meta: record,
  },
} satisfies Place;
const pageOf = (key: string): Place => ({
  members: {
    ...anyResult,
    ...{ [key]: { each: listed }, nextCursor: 'wire' },
    ...{ ttlMs: 'word', cacheScope: 'word' },
  },
});
/** A tool that a server offers a model by sampling: nobody calls it by its name, so that is data. */
const offered: Place = {
  members: { ...listed.members, name: 'text', inputSchema: askedSchema, outputSchema: askedSchema },
};

const implementation: Place = {
  members: { name: 'text', version: 'text', websiteUrl: 'text', ...described },
};
const capability: Place = { members: { listChanged: 'word', subscribe: 'word' } };
const capabilities: Place = {
  members: { prompts: capability, resources: capability, tools: capability, roots: capability },
};
const introduction = {
  ...{ protocolVersion: 'word', capabilities, instructions: 'text' },
  ...{ serverInfo: implementation, resultType: 'word' },
  _meta: { members: { 'io.modelcontextprotocol/serverInfo': implementation } },
} satisfies Record<string, Place>;

const results: ReadonlyMap<string, Place> = new Map(
  Object.entries<Place>({
    'tools/call': toolResult,
    'tasks/result': { members: { ...toolResult.members, _meta: meta } },
    'tasks/get': detailedTask,
    'tasks/cancel': detailedTask,
    'tasks/update': detailedTask,
    'tasks/list': {
      members: { ...anyResult, nextCursor: 'wire', tasks: { each: { members: task } } },
    },
    'tools/list': pageOf('tools'),
    'resources/list': pageOf('resources'),
    'resources/templates/list': pageOf('resourceTemplates'),
    'prompts/list': pageOf('prompts'),
    'resources/read': {
      members: { ...anyResult, contents: { each: resource }, ttlMs: 'word', cacheScope: 'word' },
    },
    'prompts/get': { members: { ...anyResult, description: 'text', messages } },
    'completion/complete': {
      members: {
        ...anyResult,
        completion: { members: { values: { each: 'text' }, total: 'word', hasMore: 'word' } },
      },
    },
    initialize: { members: introduction },
    'server/discover': {
      members: { ...introduction, supportedVersions: { each: 'word' }, ttlMs: 'word' },
    },
    'subscriptions/listen': { members: { resultType: 'word', _meta: meta } },
    'sampling/createMessage': {
      members: { role: 'word', content, model: 'text', stopReason: 'word', _meta: record },
    },
    'elicitation/create': { members: { action: 'word', content: texts, _meta: record } },
    'roots/list': {
      members: {
        roots: { each: { members: { uri: 'text', name: 'text', _meta: record } } },
        _meta: record,
      },
    },
  }),
);

const withTarget = (key: string, others: Readonly<Record<string, Place>> = {}): Place => ({
  members: { [key]: 'wire', ...others, _meta: meta },
});
const taskAsked = { task: { members: { ttl: 'word' } } } satisfies Record<string, Place>;

const params: ReadonlyMap<string, Place> = new Map(
  Object.entries<Place>({
    'tools/call': withTarget('name', { arguments: record, ...taskAsked }),
    'prompts/get': withTarget('name', { arguments: texts }),
    'resources/read': withTarget('uri'),
    'resources/subscribe': withTarget('uri'),
    'resources/unsubscribe': withTarget('uri'),
    'completion/complete': {
      members: {
        ref: { members: { type: 'word', name: 'wire', uri: 'wire', title: 'text' } },
        argument: { members: { name: 'text', value: 'text' } },
        context: { members: { arguments: texts } },
        _meta: meta,
      },
    },
    'logging/setLevel': { members: { level: 'word', _meta: meta } },
    'tools/list': withTarget('cursor'),
    'resources/list': withTarget('cursor'),
    'resources/templates/list': withTarget('cursor'),
    'prompts/list': withTarget('cursor'),
    'tasks/list': withTarget('cursor'),
    'sampling/createMessage': {
      members: {
        ...{ messages, systemPrompt: 'text', tools: { each: offered }, metadata: record },
        ...{ modelPreferences: record, includeContext: 'word', temperature: 'word' },
        ...{ maxTokens: 'word', stopSequences: { each: 'text' }, ...taskAsked },
        ...{ toolChoice: { members: { mode: 'word' } }, _meta: meta },
      },
    },
    'elicitation/create': {
      members: {
        ...{ mode: 'word', message: 'text', requestedSchema: askedSchema, url: 'text' },
        ...{ elicitationId: 'text', ...taskAsked, _meta: meta },
      },
    },
    'notifications/message': {
      members: { level: 'word', logger: 'text', data: 'data', _meta: meta },
    },
    'notifications/progress': withTarget('progressToken', {
      ...{ progress: 'word', total: 'word', message: 'text' },
    }),
    'notifications/cancelled': withTarget('requestId', { reason: 'text' }),
    'notifications/resources/updated': withTarget('uri', { title: 'text' }),
    'tasks/get': withTarget('taskId'),
    'tasks/result': withTarget('taskId'),
    'tasks/cancel': withTarget('taskId'),
    'tasks/update': withTarget('taskId'),
    'notifications/tasks/status': { members: { ...task, _meta: meta } },
    'notifications/tasks': { members: { ...task, _meta: meta } },
    'subscriptions/listen': {
      members: {
        notifications: {
          members: { taskIds: { each: 'wire' }, resourceSubscriptions: { each: 'wire' } },
        },
        _meta: meta,
      },
    },
    'notifications/subscriptions/acknowledged': {
      members: { notifications: { members: { taskIds: { each: 'wire' } } }, _meta: meta },
    },
  }),
);

const anyParams: Place = { members: { _meta: meta } };

/** Where data sits in the result of a request. */
export function resultPlace(method: string): Place {
  return results.get(method) ?? 'data';
}

/** The same where the result says that a task has begun. */
export const begunTaskPlace = begunTask;

/** Where data sits in one task of a list. */
export const listedTaskPlace: Place = { each: { members: task } };

/** Where data sits in the params of a request or notification. */
export function paramsPlace(method: string): Place {
  return params.get(method) ?? anyParams;
}

/** The same for a request inside a result: none of its `_meta` is the protocol's own. */
export function nestedParamsPlace(method: string): Place {
  return withDataInMeta(paramsPlace(method));
}

/** A place where all of `_meta`, and the id of a task, is data: of what an upstream sent, the gate has made nothing. */
export function withDataInMeta(place: Place): Place {
  if (typeof place !== 'object') return place;
  const { taskId: _, ...members } = place.members ?? {};
  return { ...place, members: { ...members, _meta: record } };
}

/** What the protocol needs back as it is of a message of an upstream's own. */
export interface WireNeeds {
  /** `progressToken` of `_meta`: it is a request, of which the client may tell the progress. */
  readonly progress: boolean;
  /** The id of a subscription in `_meta`: it belongs to one. */
  readonly subscription: boolean;
}

/** Characters of a token that go by masks. */
const MAX_TOKEN = 256;

/** True of what is short enough for a token: an upstream could hide data in any other. */
export function isToken(value: Json | undefined): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= MAX_TOKEN);
}

/** A place where no more of `_meta` than the protocol needs there goes by masks: an upstream could hide data in it. */
export function withNeededMeta(place: Place, { progress, subscription }: WireNeeds): Place {
  if (typeof place !== 'object' || place.members?._meta !== meta) return place;
  const needed = {
    ...relatedTask,
    ...(progress ? progressToken : {}),
    ...(subscription ? subscriptionId : {}),
  };
  return { ...place, members: { ...place.members, _meta: { members: needed } } };
}

/** A place where the token whose progress is told is data. */
export function withDataInToken(place: Place): Place {
  if (typeof place !== 'object' || place.members?.progressToken === undefined) return place;
  const { progressToken: _, ...members } = place.members;
  return { ...place, members };
}

/** Where data sits in the `error` of an error answer. */
export const errorPlace: Place = { members: { code: 'wire', message: 'text', data: 'data' } };
