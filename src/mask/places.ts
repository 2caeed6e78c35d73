import type { Place } from './place.ts';

// Where data sits, message by message. Anything that a table doesn't name is data.

/** An embedded resource: `text` or `blob` (base64). */
const resource: Place = { members: { mimeType: 'wire', blob: 'blob' }, rest: 'data' };

/** A content block of a tool result, a prompt message or a sampling message. */
const block: Place = {
  members: { type: 'wire', mimeType: 'wire', data: 'blob', resource },
  rest: 'data',
};
/** One block, or a list of them. */
const content: Place = { ...block, each: block };

const toolResult: Place = {
  members: {
    content: { each: block },
    structuredContent: 'data',
    isError: 'wire',
    resultType: 'wire',
  },
  rest: 'data',
};

const messages: Place = { each: { members: { role: 'wire', content }, rest: 'data' } };

/** A JSON Schema: its words stay, what it tells a reader is data. */
const schema: Place = {
  members: { title: 'data', description: 'data', default: 'data', examples: 'data' },
  rest: 'wire',
};
const listed: Place = {
  members: {
    name: 'wire',
    uri: 'wire',
    uriTemplate: 'wire',
    mimeType: 'wire',
    inputSchema: schema,
    outputSchema: schema,
    icons: 'wire',
    annotations: { members: { title: 'data' }, rest: 'wire' },
  },
  rest: 'data',
};
const list = (key: string): Place => ({
  members: { [key]: { each: listed }, nextCursor: 'wire', ttlMs: 'wire', cacheScope: 'wire' },
  rest: 'data',
});

const results: ReadonlyMap<string, Place> = new Map(
  Object.entries<Place>({
    'tools/call': toolResult,
    'tasks/result': toolResult,
    'tools/list': list('tools'),
    'resources/list': list('resources'),
    'resources/templates/list': list('resourceTemplates'),
    'prompts/list': list('prompts'),
    'resources/read': { members: { contents: { each: resource } }, rest: 'data' },
    'prompts/get': { members: { messages }, rest: 'data' },
    initialize: {
      members: { protocolVersion: 'wire', capabilities: 'wire', serverInfo: 'wire' },
      rest: 'data',
    },
    'sampling/createMessage': { members: { role: 'wire', content, model: 'wire' }, rest: 'data' },
  }),
);

/** `_meta` carries what the protocol itself needs, beside what servers put there. */
const meta: Place = {
  members: { progressToken: 'wire', 'io.modelcontextprotocol/related-task': 'wire' },
  rest: 'data',
};

const params: ReadonlyMap<string, Place> = new Map(
  Object.entries<Place>({
    'tools/call': { members: { name: 'wire', _meta: meta }, rest: 'data' },
    'prompts/get': { members: { name: 'wire', _meta: meta }, rest: 'data' },
    'resources/read': 'wire',
    'resources/subscribe': 'wire',
    'resources/unsubscribe': 'wire',
    'completion/complete': { members: { ref: 'wire', _meta: meta }, rest: 'data' },
    'sampling/createMessage': { members: { messages, _meta: meta }, rest: 'data' },
    'notifications/progress': {
      members: { progressToken: 'wire', progress: 'wire', total: 'wire' },
    },
    'notifications/message': { members: { level: 'wire' }, rest: 'data' },
    'notifications/cancelled': { members: { requestId: 'wire' }, rest: 'data' },
    'notifications/resources/updated': { members: { uri: 'wire' }, rest: 'data' },
  }),
);

const anyParams: Place = { members: { _meta: meta }, rest: 'data' };

/** Where data sits in the result of a request. */
export function resultPlace(method: string): Place {
  return results.get(method) ?? 'data';
}

/** Where data sits in the params of a request or notification. */
export function paramsPlace(method: string): Place {
  return params.get(method) ?? anyParams;
}

/** Where data sits in the `error` of an error answer. */
export const errorPlace: Place = { members: { code: 'wire' }, rest: 'data' };
