import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  CreateMessageResultSchema,
  ElicitResultSchema,
  type ServerNotification,
} from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import { clinic, said, waiting } from './clinic.ts';

/** The clinic on SDK v1, which speaks the revisions with sessions. */
export function clinicV1(): McpServer {
  const capabilities = { logging: {} };
  const mcp = new McpServer({ name: 'clinic', version: '1.0.0' }, { capabilities });
  const named = { inputSchema: { name: z.string() } };
  mcp.registerTool('find_patient', { ...named, description: clinic.find }, () => clinic.found);
  mcp.registerTool(
    'write_letter',
    { inputSchema: { to: z.string(), text: z.string() } },
    ({ to }) => said(`sent to ${to}`),
  );
  mcp.registerTool('delete_patient', named, ({ name }) => said(`deleted ${name}`));
  mcp.registerTool('discharge', named, ({ name }) => said(`${name} may go home`));
  registerTalking(mcp);
  mcp.registerResource('rounds', clinic.note, { mimeType: 'text/plain' }, ({ href: uri }) => ({
    contents: [{ uri, mimeType: 'text/plain', text: clinic.rounds }],
  }));
  mcp.registerPrompt('handover', { argsSchema: { ward: z.string() } }, ({ ward }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: clinic.handover(ward) } }],
  }));
  return mcp;
}

/** Tools that say or ask something before they answer. */
function registerTalking(mcp: McpServer): void {
  mcp.registerTool('count_beds', {}, async ({ sendNotification, _meta }) => {
    const { progressToken } = _meta ?? {};
    for (const [index, ward] of clinic.wards.entries()) {
      if (progressToken === undefined) continue;
      const progress = { progressToken, progress: index + 1, total: clinic.wards.length };
      await sendNotification({
        method: 'notifications/progress',
        params: { ...progress, message: ward },
      } as ServerNotification);
    }
    const params = { level: 'info' as const, logger: 'beds', data: clinic.logged };
    await sendNotification({ method: 'notifications/message', params });
    return said('12 beds');
  });
  mcp.registerTool('summarise', {}, async ({ sendRequest }) => {
    const content = { type: 'text' as const, text: clinic.question };
    const params = { maxTokens: 20, messages: [{ role: 'user' as const, content }] };
    const request = { method: 'sampling/createMessage' as const, params };
    const answer = await sendRequest(request, CreateMessageResultSchema);
    return said(JSON.stringify(answer.content));
  });
  mcp.registerTool('ask_doctor', {}, async ({ sendRequest }) => {
    const properties = { dose: { type: 'number' as const } };
    const requestedSchema = { type: 'object' as const, properties };
    const params = { message: clinic.dose, requestedSchema };
    const answer = await sendRequest({ method: 'elicitation/create', params }, ElicitResultSchema);
    return said(`${answer.action}: ${JSON.stringify(answer.content)}`);
  });
  mcp.registerTool('wait', {}, ({ signal }) => {
    waiting.emit('begun');
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(said('over'))));
  });
}
