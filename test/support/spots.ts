import type { Place } from '../../src/mask/place/place.ts';
import { errorPlace, paramsPlace, resultPlace } from '../../src/mask/place/places.ts';
import type { MaskSide } from '../../src/model/decision.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';

/** A message of the protocol, with places for data. */
export interface Spot {
  readonly what: string;
  readonly place: Place;
  readonly side: MaskSide;
  /** Puts data where this message has some. */
  readonly message: (data: Json, text: string) => JsonObject;
}
const blob = (text: string) => Buffer.from(text).toString('base64');
const blocks = (data: Json, text: string): Json => [
  { type: 'text', text, annotations: { note: data } },
  { type: 'image', mimeType: 'image/svg+xml', data: blob(text) },
  { type: 'audio', mimeType: 'audio/wav', data: 'UklGRgA=', _meta: { data } },
  { type: 'resource_link', uri: text, name: text, description: text, title: text },
  { type: 'resource', resource: { uri: text, mimeType: 'text/plain', text } },
  { type: 'resource', resource: { uri: 'x://y', blob: blob(text) } },
  { type: 'future', something: data },
];
const result = (method: string, message: Spot['message']): Spot => {
  return { what: `the result of ${method}`, place: resultPlace(method), side: 'result', message };
};
const params = (method: string, message: Spot['message']): Spot => {
  return { what: `the params of ${method}`, place: paramsPlace(method), side: 'args', message };
};
const meta = (data: Json) => ({ progressToken: 7, other: data });

/** Each message that carries data (PROTOCOL, section 4), with some in every place. */
export const spots: readonly Spot[] = [
  result('tools/call', (data, text) => ({
    content: blocks(data, text),
    structuredContent: { data },
    _meta: { data },
    more: data,
    isError: false,
  })),
  result('tasks/result', (data, text) => ({
    content: blocks(data, text),
    structuredContent: { data },
  })),
  result('tools/list', (data, text) => ({
    tools: [
      {
        name: 'a',
        title: text,
        description: text,
        inputSchema: { type: 'object', description: text, default: data },
        annotations: { title: text },
        _meta: { data },
      },
    ],
    nextCursor: 'c',
  })),
  result('server/discover', (data, text) => ({
    resultType: 'complete',
    supportedVersions: ['2026-07-28'],
    capabilities: { experimental: { data } },
    instructions: text,
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: text, version: '1' }, data },
  })),
  result('tasks/get', (data, text) => ({
    ...{ taskId: 't', status: 'working', statusMessage: text, more: data },
  })),
  params('notifications/tasks/status', (data, text) => ({
    ...{ taskId: 't', status: 'working', statusMessage: text, more: data },
  })),
  result('resources/list', (data, text) => ({
    resources: [{ uri: 'x://y', name: 'y', description: text, _meta: { data } }],
  })),
  result('resources/templates/list', (data, text) => ({
    resourceTemplates: [{ uriTemplate: 'x://{y}', name: 'y', description: text, more: data }],
  })),
  result('prompts/list', (data, text) => ({
    prompts: [
      { name: 'y', description: text, arguments: [{ name: 'z', description: text, more: data }] },
    ],
  })),
  result('resources/read', (data, text) => ({
    contents: [
      { uri: 'x://y', mimeType: 'text/plain', text },
      { uri: 'x://z', blob: blob(text) },
    ],
    _meta: { data },
  })),
  result('prompts/get', (data, text) => ({
    description: text,
    messages: [
      { role: 'user', content: { type: 'text', text } },
      { role: 'assistant', content: blocks(data, text) },
    ],
  })),
  result('completion/complete', (data, text) => ({
    completion: { values: [text, data], total: 2 },
  })),
  result('initialize', (data, text) => ({
    protocolVersion: '2025-11-25',
    capabilities: {},
    serverInfo: { name: 's' },
    instructions: text,
    _meta: { data },
  })),
  result('sampling/createMessage', (data, text) => ({
    role: 'assistant',
    model: 'm',
    content: { type: 'text', text },
    _meta: { data },
  })),
  result('elicitation/create', (data, text) => ({ action: 'accept', content: { data, text } })),
  result('roots/list', (data, text) => ({ roots: [{ uri: text, name: text }], _meta: { data } })),
  result('vendor/anything', (data, text) => ({ data, text })),
  params('tools/call', (data, text) => ({
    name: 'query',
    arguments: { data, text },
    _meta: meta(data),
    inputResponses: data,
  })),
  params('prompts/get', (data, text) => ({
    name: 'p',
    arguments: { text, data },
    _meta: meta(data),
  })),
  params('completion/complete', (data, text) => ({
    ref: { type: 'ref/prompt', name: 'p' },
    argument: { name: 'a', value: text },
    context: { data },
  })),
  params('sampling/createMessage', (data, text) => ({
    systemPrompt: text,
    messages: [
      { role: 'user', content: blocks(data, text) },
      { role: 'assistant', content: { type: 'tool_use', id: 'a', name: 'b', input: { data } } },
      {
        role: 'user',
        content: [{ type: 'tool_result', toolUseId: 'a', content: blocks(data, text) }],
      },
    ],
    tools: [{ name: 'b', description: text, inputSchema: { type: 'object', description: text } }],
    stopSequences: [text],
    metadata: data,
  })),
  params('elicitation/create', (data, text) => ({
    message: text,
    requestedSchema: { data },
    url: text,
  })),
  params('notifications/progress', (data, text) => ({
    progressToken: 'a',
    progress: 1,
    total: 2,
    message: text,
    more: data,
  })),
  params('notifications/message', (data, text) => ({ level: 'info', logger: text, data })),
  params('notifications/cancelled', (_, text) => ({ requestId: 7, reason: text })),
  params('notifications/resources/updated', (data, text) => ({
    uri: 'x://y',
    title: text,
    _meta: { data },
  })),
  params('vendor/anything', (data, text) => ({ data, text, _meta: meta(data) })),
  {
    what: 'an error',
    place: errorPlace,
    side: 'result',
    message: (data, text) => ({ code: -32000, message: text, data }),
  },
];
