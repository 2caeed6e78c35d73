import type { ExportOrigin, ExportRecord } from './export-record.ts';

/** How records are written. Pure: the same record gives the same text. */
export interface Format {
  readonly type: string;
  /** Of files, without the point. */
  readonly extension: string;
  /** Text of one record, on one line. */
  line(record: ExportRecord, origin: ExportOrigin): string;
  /** What is sent of several records: their lines, or a document around them. It ends with a line end. */
  body(lines: readonly string[], origin: ExportOrigin): string;
}

/** Lines, one for each record. */
export function linesBody(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
