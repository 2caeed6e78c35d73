import type { Place } from './place.ts';
import { schema } from './schema-place.ts';

// Where data sits, message by message. Anything that a table doesn't name is data.

/** `_meta` carries what the protocol itself needs, beside what servers put there. */
const meta: Place = {
  members: {
    progressToken: 'wire',
    'io.modelcontextprotocol/related-task': { members: { taskId: 'wire' } },
  },
};

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
const toolResult: Place = { members: { content: { each: block } } };

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
    'tasks/result': toolResult,
    'tools/list': list('tools'),
    'resources/list': list('resources'),
    'resources/templates/list': list('resourceTemplates'),
    'prompts/list': list('prompts'),
    'resources/read': { members: { contents: { each: resource } } },
    'prompts/get': { members: { messages } },
    initialize: { members: { serverInfo: { members: { icons } } } },
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
  }),
);

const anyParams: Place = { members: { _meta: meta } };

/** Where data sits in the result of a request. */
export function resultPlace(method: string): Place {
  return results.get(method) ?? 'data';
}

/** Where data sits in the params of a request or notification. */
export function paramsPlace(method: string): Place {
  return params.get(method) ?? anyParams;
}

/** Where data sits in the `error` of an error answer. */
export const errorPlace: Place = { members: { code: 'wire' } };
