import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isList, isObject, type JsonObject, textMember } from '../src/model/json.ts';
import type { Cast } from './at-work.ts';
import { includes, same, Unexpected } from './expect.ts';
import * as say from './say.ts';
import { LEAD, type Stage } from './stage.ts';

const DRAFT = { source: 'drafts/hello.md', destination: 'hello.md' } as const;
/** How long it may take until the gate has somebody to ask, in milliseconds. */
const PATIENCE = 10_000;

/** A call waits until somebody else has said yes to it, and to nothing but it. */
export async function aYes({ bob }: Cast, stage: Stage): Promise<void> {
  const { files } = stage;
  say.step('Bob publishes his draft: his call waits until Dora says yes');
  const waiting = bob.files.call('move_file', DRAFT);
  const [asked] = await pending(stage);
  if (!asked) throw new Unexpected('what Dora is asked', 'one approval', asked);
  const id = textMember(asked, 'id') ?? '';
  const shown = await ask(stage, LEAD, `/${id}`);
  say.line('What Dora is asked ("sallyport approvals show"):');
  for (const [label, text] of Object.entries(told(shown))) say.fact(label, text);
  const { args } = shown;
  same('what would be sent', isObject(args) ? args.arguments : args, DRAFT);
  same('whether the draft has moved', existsSync(join(files, DRAFT.destination)), false);

  const own = await ask(stage, 'bob', `/${id}/approve`, { reason: 'I know what I do' });
  say.line('Bob says yes to himself:');
  say.quote(`${textMember(own, 'code')}: ${textMember(own, 'message')}`);
  includes('what Bob is told', String(own.code), 'APPROVAL_');

  const granted = await ask(stage, LEAD, `/${id}/approve`, { reason: 'reads well' });
  same('what came of her yes', granted.state, 'granted');
  const { isError, text } = await waiting;
  same('whether moving failed', isError, false);
  say.line('Dora says yes ("reads well"), and the call that waited goes on:');
  say.quote(text);
  same('the file', readFileSync(join(files, DRAFT.destination), 'utf8'), 'Hello from Bob\n');
  say.holds('it was sent as Dora saw it, once: her yes is used up');
  say.holds('the transcript has who asked, who said yes, when and why');
}

/** What waits for somebody, once there is something. */
async function pending(stage: Stage): Promise<readonly JsonObject[]> {
  const since = performance.now();
  while (performance.now() - since < PATIENCE) {
    const { approvals } = await ask(stage, LEAD, '?state=pending');
    const found = isList(approvals) ? approvals.filter(isObject) : [];
    if (found.length > 0) return found;
    await wait(50);
  }
  throw new Unexpected('what Dora is asked', 'an approval', stage.log);
}

function told(shown: JsonObject): Readonly<Record<string, string>> {
  const { caller, demands, args } = shown;
  const [demand] = isList(demands) ? demands : [];
  return {
    who: isObject(caller) ? `${textMember(caller, 'sub')}, by ${textMember(shown, 'agent')}` : '',
    what: `${textMember(shown, 'target')} ${JSON.stringify(isObject(args) ? args.arguments : args)}`,
    why: isObject(demand) ? `${textMember(demand, 'rule')}: ${textMember(demand, 'reason')}` : '',
  };
}

/** Asks the admin API, as somebody. */
async function ask(
  { adminUrl, adminToken }: Stage,
  who: string,
  path: string,
  body?: JsonObject,
): Promise<JsonObject> {
  const headers = { authorization: `Bearer ${await adminToken(who)}` };
  const sent = body && {
    ...{ method: 'POST', body: JSON.stringify(body) },
    headers: { ...headers, 'content-type': 'application/json' },
  };
  const response = await fetch(`${adminUrl}/v1/approvals${path}`, sent ?? { headers });
  return (await response.json()) as JsonObject;
}
