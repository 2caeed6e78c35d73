import type { ExportOrigin } from '../replay/export/export-record.ts';
import { defaultsOf, formats } from '../replay/export/formats.ts';
import type { Sink } from './contract.ts';
import type { ExportWanted } from './export-wanted.ts';
import { Lane, type LaneOptions } from './lane.ts';
import { recordFilter } from './record-filter.ts';
import { RecordMaker } from './record-maker.ts';

/** An export that is ready to run. */
export function openLane(
  name: string,
  { format, only, from, ...wanted }: ExportWanted,
  parts: Omit<LaneOptions, 'name' | 'from' | 'maker' | 'format'> & {
    readonly sink: Sink;
    readonly origin: ExportOrigin;
  },
): Lane {
  const usual = defaultsOf(format);
  const { records = usual.records, payloads = usual.payloads } = wanted;
  const fits = recordFilter(only);
  const maker = new RecordMaker({ source: parts.source, records, payloads, fits });
  return new Lane({ ...parts, name, from, maker, format: formats[format] });
}
