import type { ExportRecord } from './export-record.ts';
import { standingOf } from './standing.ts';

/** A value of OTLP. 64-bit integers are texts. */
type OtlpValue =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly boolValue: boolean }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } };

export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

type Fact = string | number | boolean | readonly string[] | undefined;

export function textAttribute(key: string, text: string): OtlpAttribute {
  return { key, value: { stringValue: text } };
}

/**
 * What is known of a record, by the names of OpenTelemetry's semantic conventions (MCP, user, client, error) where they
 * have one, and otherwise below `sallyport.`.
 */
export function attributesOf(record: ExportRecord): OtlpAttribute[] {
  const { id, step, exchange, caller, summary, cut } = record;
  const own: Record<string, Fact> = {
    'sallyport.id': id,
    'sallyport.record': record.record,
    'sallyport.exchange': step.exchange,
    'sallyport.seq': step.seq,
    'sallyport.position': step.position,
    'sallyport.act': standingOf(record).act,
    'sallyport.upstream': exchange?.upstream,
    'sallyport.target': exchange?.target,
    'sallyport.revision': step.revision,
    'sallyport.effect': summary?.effect ?? exchange?.effect,
    'sallyport.rule': summary?.rule ?? exchange?.rule,
    'sallyport.cut': cut,
  };
  return Object.entries({
    ...conventional(record),
    ...own,
    ...(record.record === 'exchange' ? endOf(record) : {}),
    'sallyport.detail': summary || !step.detail ? undefined : JSON.stringify(step.detail),
    'sallyport.payload': summary ? undefined : step.payload,
    'sallyport.request': summary?.request,
    'sallyport.answer': summary?.answer,
    'user.email': caller?.email,
    'sallyport.groups': caller?.groups,
  }).flatMap(([key, fact]) => {
    const value = otlpValue(fact);
    return value ? [{ key, value }] : [];
  });
}

function conventional({ exchange, summary }: ExportRecord): Record<string, Fact> {
  const { method = '', target } = exchange ?? {};
  return {
    'mcp.method.name': exchange?.method,
    'mcp.session.id': exchange?.session,
    'mcp.protocol.version': exchange?.protocol,
    'gen_ai.tool.name': method === 'tools/call' ? target : undefined,
    'gen_ai.prompt.name': method === 'prompts/get' ? target : undefined,
    'mcp.resource.uri': method.startsWith('resources/') ? target : undefined,
    'user.id': exchange?.sub,
    'client.address': exchange?.ip,
    'user_agent.original': exchange?.agent,
    'error.type': summary?.code,
  };
}

function endOf({ exchange, summary }: ExportRecord): Record<string, Fact> {
  const { openedAt, closedAt } = exchange ?? {};
  const took = openedAt === undefined || closedAt === undefined ? undefined : closedAt - openedAt;
  const approvals = summary?.approvals.map(({ approval, state = 'pending' }) => {
    return `${approval} ${state}`;
  });
  return {
    'sallyport.outcome': exchange?.outcome,
    'sallyport.took':
      took === undefined ? undefined : Math.max(0, Math.round(took * 1_000) / 1_000),
    'sallyport.reason': summary?.reason,
    'sallyport.masked': summary?.masked,
    'sallyport.would': summary?.would,
    'sallyport.approvals': approvals,
  };
}

function otlpValue(fact: Fact): OtlpValue | undefined {
  if (fact === undefined || fact === '') return undefined;
  if (typeof fact === 'string') return { stringValue: fact };
  if (typeof fact === 'boolean') return { boolValue: fact };
  if (typeof fact === 'number') {
    return Number.isSafeInteger(fact) ? { intValue: String(fact) } : { doubleValue: fact };
  }
  if (fact.length === 0) return undefined;
  return { arrayValue: { values: fact.map((one) => ({ stringValue: one })) } };
}
