import type { IdentityFacts } from '../../model/identity.ts';
import type { ExchangeRecord, TranscriptEvent } from '../../model/transcript.ts';
import { visible } from '../../model/visible.ts';
import type { StoredEvent } from '../../store/contract.ts';
import { durationOf, shortId, whatOf } from './layout.ts';
import { type Paint, painter, paintWord } from './paint.ts';
import { type PayloadOptions, payloadLines } from './payload.ts';
import { stepLines } from './step.ts';
import { wrap } from './wrap.ts';

export interface DescribeOptions {
  readonly colour: boolean;
  /** Characters in a line; 100 where it is left out. */
  readonly width?: number;
  /** Shows payloads to their end. */
  readonly full?: boolean;
  /** What the caller's token said, where the transcript has it. */
  readonly identity?: IdentityFacts;
}

const USUAL_WIDTH = 100;
const LEAST_PAYLOAD = 40;

/** An exchange as a person reads it: who did what, each step with its offset in milliseconds, how it ended. */
export function describeExchange(
  record: ExchangeRecord,
  events: readonly (TranscriptEvent & Pick<StoredEvent, 'sealed' | 'erased'>)[],
  options: DescribeOptions,
): string {
  const paint = painter(options.colour);
  const offsets = events.map(({ at }) => `+${Math.max(0, at - record.openedAt).toFixed(1)} ms`);
  const widest = offsets.reduce((most, { length }) => Math.max(most, length), 0);
  const indent = ' '.repeat(2 + widest + 2);
  const inner = ' '.repeat(indent.length + KIND_WIDTH + 2);
  const width = Math.max(LEAST_PAYLOAD, (options.width ?? USUAL_WIDTH) - inner.length);
  const steps = events.flatMap((event, index) => {
    const [first = '', ...more] = stepLines(event).flatMap((line) => wrap(line, width));
    const offset = (offsets[index] ?? '').padStart(widest);
    const kind = paintWord(paint, event.kind, event.kind.padEnd(KIND_WIDTH));
    const payload = messageLines(event, paint, { full: options.full === true, width });
    return [
      `  ${paint('dim', offset)}  ${kind}  ${decided(event, first, paint)}`.trimEnd(),
      ...more.map((line) => inner + line),
      ...payload.map((line) => inner + line),
    ];
  });
  return `${[...headLines(record, options.identity, paint), '', ...steps].join('\n')}\n`;
}

const KIND_WIDTH = 9;

/** The message of a step as it may be read, and as it came where that is another. */
function messageLines(
  { payload, original, sealed }: Pick<StoredEvent, 'payload' | 'original' | 'sealed'>,
  paint: Paint,
  look: PayloadOptions,
): string[] {
  return [
    ...(payload === undefined ? [] : payloadLines(payload, look)),
    ...(sealed ? [paint('dim', 'as it came: sealed')] : []),
    ...(original === undefined
      ? []
      : [paint('dim', 'as it came:'), ...payloadLines(original, look)]),
  ];
}

function decided({ kind, detail }: TranscriptEvent, line: string, paint: Paint): string {
  if (kind === 'decided') return paintWord(paint, String(detail?.effect ?? ''), line);
  return kind === 'closed' ? paintWord(paint, String(detail?.outcome), line) : line;
}

function headLines(
  record: ExchangeRecord,
  identity: IdentityFacts | undefined,
  paint: Paint,
): string[] {
  const took = durationOf(record);
  const { effect, rule, outcome, issuer, client, agent, protocol } = record;
  const facts: [string, string | undefined][] = [
    ['exchange', `${record.id} (${shortId(record.id)})`],
    ['when', new Date(record.openedAt).toISOString()],
    ['who', record.sub && record.sub + (issuer ? `, known to ${issuer}` : '')],
    ['groups', identity?.groups.join(', ')],
    ['from', record.ip],
    ['agent', agent],
    ['client', client],
    ['session', record.session && record.session + (protocol ? `, MCP ${protocol}` : '')],
    // What operators and upkeep do to transcripts follows no policy.
    ['policies', record.revision && `revision ${record.revision}`],
    ['decision', effect && effect + (rule ? ` by ${rule}` : '')],
  ];
  const lines = facts.flatMap(([name, value]) => {
    return value ? [`  ${paint('dim', name.padEnd(8))}  ${visible(value)}`] : [];
  });
  const end = paintWord(paint, outcome, visible(outcome)) + (took ? ` after ${took} ms` : '');
  const title = visible(`${whatOf(record)}${record.upstream && ` at ${record.upstream}`}`);
  return [`${paint('bold', title)}: ${end}`, ...lines];
}
