import {
  acceptedContent,
  inputRequired,
  McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { clinic, said, waiting } from './clinic.ts';

/** The clinic on SDK v2, which speaks 2026-07-28: it asks by `input_required`. */
export function clinicV2(): McpServer {
  const capabilities = { logging: {} };
  const mcp = new McpServer({ name: 'clinic', version: '1.0.0' }, { capabilities });
  const named = { inputSchema: z.object({ name: z.string() }) };
  mcp.registerTool('find_patient', { ...named, description: clinic.find }, () => clinic.found);
  const letter = z.object({ to: z.string(), text: z.string() });
  mcp.registerTool('write_letter', { inputSchema: letter }, ({ to }) => said(`sent to ${to}`));
  mcp.registerTool('delete_patient', named, ({ name }) => said(`deleted ${name}`));
  mcp.registerTool('discharge', named, ({ name }) => said(`${name} may go home`));
  registerTalking(mcp);
  mcp.registerResource('rounds', clinic.note, { mimeType: 'text/plain' }, ({ href: uri }) => ({
    contents: [{ uri, mimeType: 'text/plain', text: clinic.rounds }],
  }));
  mcp.registerPrompt('handover', { argsSchema: z.object({ ward: z.string() }) }, ({ ward }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: clinic.handover(ward) } }],
  }));
  return mcp;
}

/** Tools that say or ask something before they answer. Without inputSchema the context is the only argument. */
function registerTalking(mcp: McpServer): void {
  mcp.registerTool('count_beds', {}, (async ({ mcpReq }: ServerContext) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const [index, message] of clinic.wards.entries()) {
      if (progressToken === undefined) continue;
      const progress = { progressToken, progress: index + 1, total: clinic.wards.length };
      await mcpReq.notify({ method: 'notifications/progress', params: { ...progress, message } });
    }
    await mcpReq.log('info', clinic.logged, 'beds');
    return said('12 beds');
  }) as never);
  mcp.registerTool('summarise', {}, (({ mcpReq }: ServerContext) => {
    const sampled = mcpReq.inputResponses?.model as { content?: object } | undefined;
    if (sampled) return said(JSON.stringify(sampled.content));
    const content = { type: 'text' as const, text: clinic.question };
    const messages = [{ role: 'user' as const, content }];
    const model = inputRequired.createMessage({ messages, maxTokens: 20 });
    return inputRequired({ inputRequests: { model } });
  }) as never);
  mcp.registerTool('ask_doctor', {}, (({ mcpReq }: ServerContext) => {
    const dose = acceptedContent<{ dose: number }>(mcpReq.inputResponses, 'dose')?.dose;
    if (dose !== undefined) return said(`accept: {"dose":${dose}}`);
    const properties = { dose: { type: 'number' as const } };
    const requestedSchema = { type: 'object' as const, properties };
    const asked = inputRequired.elicit({ message: clinic.dose, requestedSchema });
    return inputRequired({ inputRequests: { dose: asked }, requestState: 'asked for the dose' });
  }) as never);
  mcp.registerTool('wait', {}, (({ mcpReq }: ServerContext) => {
    waiting.emit('begun');
    return new Promise((resolve) => {
      mcpReq.signal.addEventListener('abort', () => resolve(said('over')));
    });
  }) as never);
}
