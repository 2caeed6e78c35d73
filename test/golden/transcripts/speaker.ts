import { once } from 'node:events';
import {
  Client as ClientV2,
  StreamableHTTPClientTransport as HttpV2,
  SSEClientTransport,
} from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { rawPost } from '../../e2e/support/gate.ts';
import { waiting } from './clinic.ts';

type Arguments = Record<string, unknown>;

/** An agent on an official SDK that speaks one revision. */
export interface Speaker {
  /** Whether upstreams may ask its user something (since 2025-06-18). */
  readonly asksUsers: boolean;
  list(): Promise<void>;
  call(name: string, args: Arguments, how?: { readonly progress?: boolean }): Promise<unknown>;
  read(uri: string): Promise<unknown>;
  prompt(name: string, args: Record<string, string>): Promise<unknown>;
  /** Calls a tool, and takes that back once the upstream is at it. */
  giveUp(name: string): Promise<void>;
  /** Several messages at once, which 2025-03-26 alone knows. */
  batch?(): Promise<void>;
  close(): Promise<void>;
}

interface At {
  readonly url: string;
  readonly token: string;
}

const info = { name: 'night-shift', version: '2.1' };
const sampled = {
  ...{ role: 'assistant' as const, model: 'small-model' },
  content: { type: 'text' as const, text: 'She slept well. Write to ann.lee@example.com.' },
};
const elicited = { action: 'accept' as const, content: { dose: 5 } };

/** By Streamable HTTP on SDK v1, in the newest revision that has sessions. */
export async function speakV1(at: At): Promise<Speaker> {
  const capabilities = { sampling: {}, elicitation: {} };
  const client = new ClientV1(info, { capabilities });
  client.setRequestHandler(CreateMessageRequestSchema, () => sampled);
  client.setRequestHandler(ElicitRequestSchema, () => elicited);
  const requestInit = { headers: { authorization: `Bearer ${at.token}` } };
  const link = new HttpV1(new URL(at.url), { requestInit });
  // The SDK's own types disagree under exactOptionalPropertyTypes.
  await client.connect(link as Parameters<ClientV1['connect']>[0]);
  return {
    ...{ asksUsers: true, ...shared(client) },
    call: (name, args, { progress } = {}) =>
      client.callTool({ name, arguments: args }, undefined, progress ? { onprogress: quiet } : {}),
    giveUp: (name) => {
      return givenUp((signal) => client.callTool({ name, arguments: {} }, undefined, { signal }));
    },
    close: async () => {
      await link.terminateSession();
      await client.close();
    },
  };
}

/** On SDK v2, which can be kept to a revision: 2024-11-05 by its HTTP+SSE, the others by Streamable HTTP. */
export async function speakV2(at: At, revision: string): Promise<Speaker> {
  const isStateless = revision === '2026-07-28';
  const asksUsers = revision > '2025-03-26';
  const elicitation = asksUsers ? { elicitation: { form: {} } } : {};
  const client = new ClientV2(info, {
    capabilities: { sampling: {}, ...elicitation },
    ...(isStateless ? {} : { supportedProtocolVersions: [revision] }),
    versionNegotiation: { mode: isStateless ? { pin: revision } : 'legacy' },
  });
  client.setRequestHandler('sampling/createMessage', () => sampled);
  if (asksUsers) client.setRequestHandler('elicitation/create', () => elicited);
  const how = { requestInit: { headers: { authorization: `Bearer ${at.token}` } } };
  const url = new URL(at.url);
  const link = revision === '2024-11-05' ? new SSEClientTransport(url, how) : new HttpV2(url, how);
  await client.connect(link);
  const session = link instanceof HttpV2 ? (link.sessionId ?? '') : '';
  return {
    ...{ asksUsers, ...shared(client) },
    call: (name, args, { progress } = {}) =>
      client.callTool({ name, arguments: args }, progress ? { onprogress: quiet } : {}),
    giveUp: (name) => givenUp((signal) => client.callTool({ name, arguments: {} }, { signal })),
    ...(revision === '2025-03-26' && { batch: () => batchOf({ ...at, session }) }),
    close: async () => {
      if (link instanceof HttpV2 && !isStateless) await link.terminateSession();
      await client.close();
    },
  };
}

/** What both SDKs do alike. */
function shared(client: ClientV1 | ClientV2) {
  return {
    list: async () => {
      await client.listTools();
      await client.listResources();
      await client.listPrompts();
    },
    read: (uri: string) => client.readResource({ uri }),
    prompt: (name: string, args: Record<string, string>) =>
      client.getPrompt({ name, arguments: args }),
  };
}

async function givenUp(call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const begun = once(waiting, 'begun');
  const called = call(controller.signal).catch(() => undefined);
  await begun;
  controller.abort('the shift is over');
  await called;
}

/** No SDK sends batches, so this one is written by hand, in the session of one that does all else. */
async function batchOf({ url, token, session }: At & { readonly session: string }): Promise<void> {
  const call = (id: string, name: string) => ({
    ...{ jsonrpc: '2.0', id, method: 'tools/call' },
    params: { name, arguments: { name: 'Ann Lee' } },
  });
  const body = JSON.stringify([call('b1', 'find_patient'), call('b2', 'delete_patient')]);
  const headers = { authorization: `Bearer ${token}`, 'mcp-session-id': session };
  await (await rawPost(url, body, headers)).text();
}

function quiet(): void {}
