import { cef } from './cef.ts';
import type { Format } from './format.ts';
import { jsonl } from './jsonl.ts';
import { ocsf } from './ocsf.ts';
import { otlp } from './otlp.ts';

/** Formats by name. */
export const formats = { jsonl, ocsf, cef, otlp } as const satisfies Record<string, Format>;
export type FormatName = keyof typeof formats;

/** What may be exported: every step, or an exchange as it ends. */
export const recordModes = ['exchanges', 'steps'] as const;
export type RecordMode = (typeof recordModes)[number];

/** What a format has unless told otherwise: an archive wants every step, an alert wants what came of it. */
export function defaultsOf(format: FormatName): {
  readonly records: RecordMode;
  readonly payloads: boolean;
} {
  const isArchive = format === 'jsonl';
  return { records: isArchive ? 'steps' : 'exchanges', payloads: isArchive };
}

/** Why a format can't have what is asked for; undefined where it can. */
export function formatObjection(
  format: FormatName,
  { records, payloads }: { readonly records?: RecordMode | undefined; readonly payloads?: boolean | undefined }, // biome-ignore format: one line says it
): string | undefined {
  if (records === 'steps' && (format === 'ocsf' || format === 'cef')) {
    return `${format} has exchanges, not steps: its events tell what came of a call`;
  }
  if (payloads && format === 'cef') return 'cef has no room for messages';
  return undefined;
}
