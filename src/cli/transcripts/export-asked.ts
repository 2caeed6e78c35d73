import { GateError } from '../../model/errors.ts';
import { suggest } from '../../model/nearest.ts';
import {
  type FormatName,
  formatObjection,
  formats,
  type RecordMode,
  recordModes,
} from '../../replay/export/formats.ts';
import type { ExchangeFilter } from '../../store/contract.ts';
import { seeHelp } from '../report.ts';
import { filterOf, type wholeFilterOptions } from './filter.ts';

/** What `transcripts export` is asked for. */
export interface ExportAsked {
  readonly format: FormatName;
  readonly records?: RecordMode;
  readonly payloads?: boolean;
  readonly filter: ExchangeFilter;
  readonly follow: boolean;
}

type Values = { readonly [Name in keyof typeof wholeFilterOptions]?: string | undefined } & {
  readonly format: string;
  readonly records?: string | undefined;
  readonly payloads: boolean;
  readonly 'no-payloads': boolean;
  readonly follow: boolean;
};

const names = [...Object.keys(formats), 'proof'];

/** A proof: it has its own lines, and steps always. */
export interface ProofAsked {
  readonly format: 'proof';
  readonly filter: ExchangeFilter;
}

/** @throws GateError USAGE */
export function exportAsked(values: Values, verb: string): ExportAsked | ProofAsked {
  const { format, records, follow } = values;
  if (!names.includes(format)) {
    refuse(
      `there is no format "${format}"`,
      suggest(format, names) ?? `one of ${names.join(', ')}`,
    );
  }
  const filter = filterOf(values, Date.now());
  if (format === 'proof') {
    const more = follow || records !== undefined || values.payloads || values['no-payloads'];
    if (more || filter.text !== undefined) {
      const message = 'a proof takes no --records, --payloads, --no-payloads, --follow and --text';
      refuse(message, seeHelp(verb));
    }
    return { format, filter };
  }
  if (records !== undefined && !recordModes.some((mode) => mode === records)) {
    refuse(`--records must be steps or exchanges, not "${records}"`, seeHelp(verb));
  }
  if (values.payloads && values['no-payloads']) {
    refuse('--payloads and --no-payloads exclude each other', seeHelp(verb));
  }
  if (follow && filter.text !== undefined) {
    refuse('--text finds what was recorded, and cannot follow', seeHelp(verb));
  }
  const name = format as FormatName;
  const mode = records as RecordMode | undefined;
  const payloads = values.payloads || values['no-payloads'] ? { payloads: values.payloads } : {};
  const objection = formatObjection(name, { records: mode, ...payloads });
  if (objection) refuse(objection, seeHelp(verb));
  return { format: name, ...(mode ? { records: mode } : {}), ...payloads, filter, follow };
}

function refuse(message: string, hint: string): never {
  throw new GateError('USAGE', message, { hint });
}
