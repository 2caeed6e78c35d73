import { visible } from '../../model/visible.ts';
import type { ExportOrigin, ExportRecord } from './export-record.ts';
import { type Format, linesBody } from './format.ts';
import { sentenceOf } from './sentence.ts';
import { type Standing, standingOf } from './standing.ts';

// ArcSight Common Event Format, version 26 of the implementation standard.

/** Severities from 0 to 10 by weight. */
const severities = { 1: 2, 2: 4, 3: 7, 4: 9 } as const;
/** Characters that the standard gives most texts, and custom strings. */
const MOST = 1_023;
const MOST_CUSTOM = 4_000;

/** One line of Common Event Format for each record. */
export const cef: Format = {
  type: 'text/plain; charset=utf-8',
  extension: 'cef',
  line: lineOf,
  body: linesBody,
};

function lineOf(record: ExportRecord, origin: ExportOrigin): string {
  const standing = standingOf(record);
  const head = [
    'CEF:0',
    'Sallyport',
    'Sallyport',
    origin.version,
    `${record.record}:${standing.act}`,
    sentenceOf(record),
  ];
  const escaped = head.map((part) => headText(part)).join('|');
  return `${escaped}|${severities[standing.weight]}|${extension(record, origin, standing)}`;
}

function extension(record: ExportRecord, origin: ExportOrigin, standing: Standing): string {
  const { id, step, exchange, caller, summary } = record;
  const { openedAt, closedAt } = exchange ?? {};
  const isEnd = record.record === 'exchange';
  const took = openedAt === undefined || closedAt === undefined ? undefined : closedAt - openedAt;
  const facts: [string, string | number | undefined][] = [
    ['rt', Math.round(step.at)],
    ['externalId', id],
    ['dvchost', origin.gate],
    ['app', 'MCP'],
    ['act', standing.act],
    ['outcome', isEnd ? exchange?.outcome : undefined],
    ['reason', summary?.reason ?? textOf(step.detail?.reason)],
    ['requestMethod', exchange?.method],
    ['suid', exchange?.sub],
    ['suser', caller?.email ?? exchange?.sub],
    ['requestClientApplication', exchange?.agent],
    ...addressOf(exchange?.ip),
    ...custom('cs1', 'upstream', exchange?.upstream),
    ...custom('cs2', 'target', exchange?.target),
    ...custom('cs3', 'rule', summary?.rule ?? exchange?.rule),
    ...custom('cs4', 'session', exchange?.session),
    ...custom('cs5', 'approval', summary?.approvals.at(-1)?.approval ?? textOf(step.detail?.approval)), // biome-ignore format: one line says it
    ...custom('cs6', 'code', summary?.code),
    ...custom('cn1', 'masked', summary?.masked),
    ...custom('cn2', 'took (ms)', isEnd && took !== undefined ? Math.round(took) : undefined),
    ['start', openedAt === undefined ? undefined : Math.round(openedAt)],
    ['end', isEnd && closedAt !== undefined ? Math.round(closedAt) : undefined],
  ];
  return facts.flatMap(([key, value]) => {
    if (value === undefined || value === '') return [];
    return [`${key}=${typeof value === 'number' ? value : extensionText(key, value)}`];
  }).join(' '); // biome-ignore format: one line says it
}

function custom(key: string, label: string, value: string | number | undefined) {
  if (value === undefined || value === '') return [];
  return [
    [key, value],
    [`${key}Label`, label],
  ] as [string, string | number][];
}

/** `src` is for IPv4; other addresses have a custom field. */
function addressOf(ip: string | undefined): [string, string][] {
  if (ip === undefined) return [];
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return [['src', plain]];
  return [
    ['c6a2', plain],
    ['c6a2Label', 'Source IPv6 Address'],
  ];
}

/** The bar and the backslash are escaped in the head. Nothing may end the line. */
function headText(text: string): string {
  return short(text, MOST).replace(/[\\|]/g, '\\$&');
}

/** The equals sign and the backslash are escaped in the extension. */
function extensionText(key: string, text: string): string {
  return short(text, key.startsWith('cs') ? MOST_CUSTOM : MOST).replace(/[\\=]/g, '\\$&');
}

function short(text: string, most: number): string {
  // What nobody sees is written as up to nine characters, and counts as that many.
  const shown = visible(text.slice(0, most).replace(/[\ud800-\udbff]$/, ''));
  if (text.length <= most && shown.length <= most) return shown;
  return `${shown.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
