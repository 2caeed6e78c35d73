import { FALSE, FAULT, truth } from '../outcome.ts';
import { readInstant } from './instant.ts';
import type { Operator } from './operator.ts';
import { compileWindow } from './time-window.ts';

/**
 * `time: { days: [mon-fri], from: "08:00", to: "18:00", zone: Europe/Berlin }` or a list of windows — the instant lies
 * in one of them, by what clocks in the zone show. Text that is no RFC 3339 date-time can't be judged.
 */
export const time: Operator = {
  summary: 'is a date-time (RFC 3339) within this [window](#time-windows), or one of these',
  example: {
    when: '{ args.start: { time: { days: [mon-fri], from: "08:00", to: "18:00", zone: Europe/Berlin } } }',
    holds: '2026-07-01T07:30:00Z',
    fails: '2026-07-01T16:00:00Z',
    unjudged: 'tomorrow',
  },
  judges: ['text'],
  whenAbsent: FALSE,
  compile(operand, { reader }) {
    const nodes = operand.kind === 'list' ? operand.items : [operand];
    if (nodes.length === 0) reader.error('OPERAND', operand.at, '"time" has no window');
    const windows = nodes.map((node) => compileWindow(node, reader));
    if (windows.includes(undefined)) return undefined;
    return (value) => {
      const instant = typeof value === 'string' ? readInstant(value) : undefined;
      if (instant === undefined) return FAULT;
      return truth(windows.some((fits) => fits?.(instant)));
    };
  },
};
