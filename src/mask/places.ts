import type { Json } from '../model/json.ts';
import type { Place } from './place.ts';
import { schema } from './schema-place.ts';

// Where data sits, message by message. Anything that a table doesn't name is data.

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

/** An embedded resource: `text` or `blob` (base64). */
const resource: Place = {
  members: { uri: 'data', mimeType: 'word', text: 'data', blob: 'blob', _meta: 'data' },
};

/** A content block of a tool result, a prompt message or a sampling message. */
const block: Place = {
  members: {
    type: 'word',
    mimeType: 'word',
    data: 'blob',
    resource,
    // Named here, so that a masked value which is such a word does not take the name away.
    ...{ text: 'data', uri: 'data', name: 'data', title: 'data', description: 'data' },
    ...{ annotations: 'data', _meta: 'data' },
  },
};
/** One block, or a list of them. */
const content: Place = { ...block, each: block };
const messages: Place = { each: { members: { content } } };
const toolResult = { members: { content: { each: block } } } satisfies Place;
/** A task's id, once the gate has made it one that only its caller can use. */
const task = { taskId: 'wire', status: 'word' } satisfies Record<string, Place>;
const detailedTask: Place = { members: { ...task, resultType: 'word', _meta: meta } };
/** What a call is answered with that was made a task: within `task`, or beside the rest (the extension). */
const begunTask: Place = {
  members: { ...toolResult.members, ...task, task: { members: task }, resultType: 'word' },
};

const icons: Place = { each: { members: { src: 'wire', mimeType: 'word' } } };
const listed: Place = {
  members: {
    name: 'wire',
    uri: 'wire',
    uriTemplate: 'wire',
    mimeType: 'word',
    inputSchema: schema,
    outputSchema: schema,
    icons,
  },
};
const list = (key: string): Place => ({
  members: { [key]: { each: listed }, nextCursor: 'wire' },
});

const results: ReadonlyMap<string, Place> = new Map(
  Object.entries<Place>({
    'tools/call': toolResult,
    'tasks/result': { members: { ...toolResult.members, _meta: meta } },
    'tasks/get': detailedTask,
    'tasks/cancel': detailedTask,
    'tasks/update': detailedTask,
    'tasks/list': { members: { nextCursor: 'wire' } },
    'tools/list': list('tools'),
    'resources/list': list('resources'),
    'resources/templates/list': list('resourceTemplates'),
    'prompts/list': list('prompts'),
    'resources/read': { members: { contents: { each: resource } } },
    'prompts/get': { members: { messages } },
    initialize: { members: { serverInfo: { members: { icons } } } },
    'server/discover': {
      members: {
        resultType: 'word',
        _meta: { members: { 'io.modelcontextprotocol/serverInfo': { members: { icons } } } },
      },
    },
    'subscriptions/listen': { members: { resultType: 'word', _meta: meta } },
    'sampling/createMessage': { members: { content } },
  }),
);

const withTarget = (key: string): Place => ({ members: { [key]: 'wire', _meta: meta } });

const params: ReadonlyMap<string, Place> = new Map(
  Object.entries<Place>({
    'tools/call': withTarget('name'),
    'prompts/get': withTarget('name'),
    'resources/read': withTarget('uri'),
    'resources/subscribe': withTarget('uri'),
    'resources/unsubscribe': withTarget('uri'),
    'completion/complete': {
      members: { ref: { members: { type: 'word', name: 'wire', uri: 'wire' } }, _meta: meta },
    },
    'sampling/createMessage': { members: { messages, _meta: meta } },
    'notifications/progress': withTarget('progressToken'),
    'notifications/cancelled': withTarget('requestId'),
    'notifications/resources/updated': withTarget('uri'),
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
  return { ...place, members: { ...members, _meta: 'data' } };
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
export const errorPlace: Place = { members: { code: 'wire' } };
