import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from './agent.ts';
import type { Cast } from './at-work.ts';
import { includes, lacks, same, Unexpected } from './expect.ts';
import * as say from './say.ts';
import { CUSTOMER, type Stage } from './stage.ts';

const { name, address } = CUSTOMER;
const LETTER = 'drafts/letter.md';

/** A customer is read as tokens at one server, and written to by them at another. */
export async function roundTrip({ ana, bob }: Cast, { files }: Stage): Promise<void> {
  say.step('Bob writes to a customer whose name and address his agent never sees');
  const found = await ask(bob.crm, 'search_nodes', { query: 'unpaid' });
  say.line('What the CRM answers, as the agent gets it:');
  say.quote(found);
  const person = tokenIn(found, 'person');
  const email = tokenIn(found, 'email');

  const content = `To: ${email}\n\nDear ${person}, invoice 1043 is unpaid.\n`;
  const told = await ask(bob.files, 'write_file', { path: LETTER, content });
  lacks('what the server of files says', told, name, address);
  say.line(`What the agent writes to ${LETTER}, at the other server:`);
  say.quote(content);
  const written = readFileSync(join(files, LETTER), 'utf8');
  say.line('What is on the disk:');
  say.quote(written);
  same(LETTER, written, `To: ${address}\n\nDear ${name}, invoice 1043 is unpaid.\n`);
  say.holds('the gate has put the values back, because a rule reveals them to write_file');
  lacks('the letter, read back', await ask(bob.files, 'read_text_file', { path: LETTER }), name);
  say.holds('read back by the agent, the letter hides them again');

  const known = await ask(bob.crm, 'open_nodes', { names: [person] });
  includes("what Bob's token opens", known, 'invoice 1043');
  const unknown = await ask(ana.crm, 'open_nodes', { names: [person] });
  lacks("what Bob's token opens for Ana", unknown, 'invoice 1043');
  say.holds('the token is worth nothing to Ana: to the CRM it is a text like any other');
}

/** The text of an answer that shows nothing of the customer. */
async function ask(agent: Agent, tool: string, args: Record<string, unknown>): Promise<string> {
  const { text, raw, isError } = await agent.call(tool, args);
  same(`whether ${tool} failed`, isError, false);
  lacks(`what ${tool} answers`, raw, address);
  return text;
}

function tokenIn(text: string, label: string): string {
  const [token] = new RegExp(`\\b${label}:[0-9a-z]{16}\\b`).exec(text) ?? [];
  if (token === undefined) throw new Unexpected('what the CRM answers', `${label}:…`, text);
  return token;
}
