import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { devUsers } from '../src/auth/dev-user.ts';
import type { Agent, Answer } from './agent.ts';
import { includes, lacks, same, Unexpected } from './expect.ts';
import type { PersonalData } from './personal-data.ts';
import * as say from './say.ts';
import { LEAD, SECRET, type Stage } from './stage.ts';

type Agents = Readonly<Record<'files' | 'crm' | 'everything', Agent>>;

/** Two people's agents, each connected to all servers. */
export type Cast = Readonly<Record<'ana' | 'bob', Agents>>;

export async function start(stage: Stage): Promise<void> {
  say.step('Start an issuer, three MCP servers, and the gate in front of them');
  await stage.open();
  say.fact('issuer', `${stage.issuerUrl}  says who people are (OIDC, for development)`);
  say.fact('files', 'server-filesystem, spoken to over stdio: a folder with customers.csv');
  say.fact('crm', 'server-memory, over stdio too: it knows who owes what');
  say.fact('everything', `${stage.serverUrl}  server-everything, over Streamable HTTP`);
  say.fact('gate', `${stage.gateUrl}  "sallyport serve" with the policies in demo/policies`);
}

export async function connect(stage: Stage): Promise<Cast> {
  say.step('Ana and Bob connect to the same servers, and are shown different tools');
  for (const { sub, groups } of devUsers) {
    if (sub !== LEAD) say.fact(sub, `groups: ${groups.join(', ')}`);
  }
  const agents = async (user: string) => ({
    files: await stage.connect(user, 'files'),
    crm: await stage.connect(user, 'crm'),
    everything: await stage.connect(user, 'everything'),
  });
  const [ana, bob] = await Promise.all([agents('ana'), agents('bob')]);
  for (const upstream of ['files', 'crm', 'everything'] as const) {
    const lists = { ana: await ana[upstream].tools(), bob: await bob[upstream].tools() };
    say.line();
    say.beside({ [`${upstream}: ana`]: lists.ana, bob: lists.bob });
    const { analyst, developer } = shown[upstream];
    same(`what Ana is shown of ${upstream}`, [...lists.ana].sort(), analyst);
    same(
      `what Bob is shown of ${upstream}`,
      [...lists.bob].sort(),
      [...analyst, ...developer].sort(),
    );
  }
  say.line();
  say.holds('what somebody could not use with any arguments is not in their list');
  return { ana, bob };
}

const shown = {
  files: {
    analyst: ['directory_tree', 'get_file_info', 'list_directory', 'read_text_file'],
    developer: ['create_directory', 'edit_file', 'move_file', 'write_file'],
  },
  crm: { analyst: ['open_nodes', 'search_nodes'], developer: [] },
  everything: {
    analyst: ['echo', 'get-sum'],
    developer: ['get-structured-content', 'get-tiny-image', 'trigger-long-running-operation'],
  },
} as const;

export async function read(
  { ana }: Cast,
  { addresses, cards, forms }: PersonalData,
): Promise<void> {
  say.step('Ana reads customers.csv');
  const {
    text,
    raw: wire,
    isError,
  } = await ana.files.call('read_text_file', { path: 'customers.csv' });
  say.quote(text);
  same('whether reading failed', isError, false);
  includes('what Ana reads', text, 'Ada Lovelace', '[redacted:email]', '1111', 'order 20260314');
  lacks('what Ana reads', wire, ...forms);
  const count = `${addresses.length} e-mail addresses and ${cards.length} card numbers`;
  say.holds(`${count} are masked, the rest is as it was`);
}

export async function write({ ana, bob }: Cast, { files }: Stage): Promise<void> {
  say.step('Ana writes a file, and is refused');
  const path = 'drafts/hello.md';
  const refused = await ana.files.call('write_file', { path, content: 'Hello from Ana\n' });
  refusedBy('Ana writes a draft', refused, 'only-developers-write');
  includes('the reason', refused.text, 'Analysts read, they never write.');
  same('whether the file is there', existsSync(join(files, path)), false);
  say.holds('her agent reads which rule it was, and why; nothing was written');

  say.step('Bob writes the same file, but only among the drafts');
  const { text, isError } = await bob.files.call('write_file', {
    path,
    content: 'Hello from Bob\n',
  });
  say.quote(text);
  same('whether writing failed', isError, false);
  same('the file', readFileSync(join(files, path), 'utf8'), 'Hello from Bob\n');
  const before = readFileSync(join(files, 'customers.csv'), 'utf8');
  const climb = { path: 'drafts/../customers.csv', content: '' };
  refusedBy(
    'Bob writes drafts/../customers.csv',
    await bob.files.call('write_file', climb),
    undefined,
  );
  same('customers.csv', readFileSync(join(files, 'customers.csv'), 'utf8'), before);
  say.holds('drafts/hello.md is on the disk, customers.csv is untouched');
}

export async function environment({ ana, bob }: Cast, stage: Stage): Promise<void> {
  say.step('Nobody gets the environment of a server, where credentials live');
  const [name = '', value = ''] = SECRET.split('=');
  const direct = await stage.connectDirectly();
  const leaked = await direct.call('get-env');
  includes('what the server tells without the gate', leaked.text, name, value);
  say.fact('directly', `${name}: ${value}`);
  for (const [who, agents] of Object.entries({ ana, bob })) {
    const { text, isError, raw } = await agents.everything.call('get-env');
    say.fact(who, text);
    same('whether get-env failed', isError, true);
    includes(`what ${who} is told`, text, 'Unknown tool: get-env');
    lacks(`what ${who} is told`, raw, value);
  }
  say.holds('through the gate it looks as if there were no such tool ("denial: hide")');
}

const rule = `
  # Added while the gate was running.
  - id: keys-stay-here
    on: { tools: ["*"] }
    when: { args.path: { ends_with: .key } }
    then: block
    reason: Keys are not for agents.
`;
/** How long a changed policy may take to be at work, in milliseconds. */
const PATIENCE = 10_000;

export async function change({ bob }: Cast, { files, policies }: Stage): Promise<void> {
  say.step('Somebody leaves a key in the folder; a rule is added while everything runs');
  writeFileSync(join(files, 'deploy.key'), 'this stands for a private key\n');
  const { session } = bob.files;
  const ask = () => bob.files.call('read_text_file', { path: 'deploy.key' });
  const { text, isError } = await ask();
  say.line('Bob reads deploy.key:');
  say.quote(text);
  same('whether reading failed', isError, false);
  say.line('This is added to policies/files.yaml:');
  say.quote(rule.replace(/^\n/, ''));
  const since = performance.now();
  appendFileSync(join(policies, 'files.yaml'), rule);
  let answer = await ask();
  while (!answer.isError && performance.now() - since < PATIENCE) {
    await wait(100);
    answer = await ask();
  }
  const took = Math.round(performance.now() - since);
  refusedBy('Bob reads deploy.key again', answer, 'keys-stay-here');
  same('the session', bob.files.session, session);
  say.holds(`${took} ms after the file was saved, in the same session, with no restart`);
}

function refusedBy(what: string, answer: Answer, rule: string | undefined): void {
  say.line(`${what}:`);
  say.quote(answer.text);
  if (!answer.isError) throw new Unexpected(what, 'a refusal', answer);
  includes(what, answer.text, 'Blocked by policy');
  same(`${what}: the rule`, answer.rule, rule);
}
