import type { TranscriptEvent } from '../../model/transcript.ts';
import { hasRun } from './has-run.ts';
import { isTold } from './is-told.ts';
import { membership } from './membership.ts';

/** Facts that are texts. */
const TEXTS = ['code', 'message', 'reason'];
/** So much without a blank is a picture or a file, and no word. Only a run's first character begins it: linear. */
const DATA = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{512,}={0,2}/g;
const LONG = 512;
const isOfData = membership('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-');
const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/g;
/** Characters that stand for others in JSON (RFC 8259, section 7). */
const SHORT: Readonly<Record<string, string>> = {
  ...{ '\\b': ' ', '\\f': ' ', '\\n': '\n', '\\r': '\r', '\\t': '\t' },
  ...{ '\\"': '"', '\\\\': '\\', '\\/': '/' },
};

/** What a search reads of a step: its payload without the escapes of JSON, and what was said of it. */
export function stepText({
  kind,
  detail,
  payload,
}: Pick<TranscriptEvent, 'kind' | 'detail' | 'payload'>): string {
  const said = isTold(kind) ? TEXTS.map((name) => detail?.[name]) : [];
  const texts = [...said.filter((text) => typeof text === 'string'), unescaped(payload ?? '')];
  const text = texts.filter(Boolean).join(' \u2022 ');
  return hasRun(text, isOfData, LONG) ? text.replace(DATA, ' \u2026 ') : text;
}

function unescaped(json: string): string {
  if (!json.includes('\\')) return json;
  return json.replace(ESCAPE, (found) => {
    return SHORT[found] ?? String.fromCharCode(Number.parseInt(found.slice(2), 16));
  });
}
