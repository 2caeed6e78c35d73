import { visible, visibleJson } from '../../model/visible.ts';
import { checkpointText } from '../../store/proof/checkpoint-text.ts';
import { type Finding, type Wrong, wrongs } from '../../store/proof/finding.ts';
import type { ProofReport } from '../../store/proof/report.ts';
import { counted } from '../report.ts';
import type { Terminal } from '../verb.ts';
import type { KeysToVerifyBy } from './keys.ts';

/** Findings that are printed; the first one names the place. */
const SHOWN = 20;

/** The report as one JSON object. */
export function jsonReport(file: string, report: ProofReport): string {
  const { checkpoint, findings, ...facts } = report;
  const text = checkpoint && { checkpoint: checkpointText(checkpoint) };
  return visibleJson({ file, intact: findings.length === 0, ...facts, findings, ...text }, 2);
}

/** Prints what was looked at, what is wrong where, and the checkpoint to keep. */
export function printReport(
  file: string,
  report: ProofReport,
  { isFound }: KeysToVerifyBy,
  terminal: Terminal,
): void {
  const lines = [`${visible(file)}`, ...factsOf(report), '', ...verdictOf(report)];
  terminal.out(`${lines.join('\n')}\n`);
  if (report.checkpoint) {
    terminal.out(`\nCheckpoint, to keep where nobody who can change the file can change it:\n`);
    terminal.out(`${checkpointText(report.checkpoint)}\n`);
  }
  if (isFound) {
    terminal.err(
      'The key is the one beside the database: who can change one can change both. Give a copy that you keep elsewhere with --key.\n',
    );
  }
}

function factsOf(report: ProofReport): string[] {
  const { steps, blocks, signers, removed, erased, unsignedRecords, unsigned, headless } = report;
  const { first, last, since, until, note } = report;
  const where = first === undefined ? '' : ` at positions ${first} to ${last}`;
  const when = since === undefined ? '' : `, signed ${timeOf(since)} to ${timeOf(until ?? since)}`;
  const by = signers.length === 0 ? '' : ` by ${signers.map(visible).join(', ')}`;
  return [
    `  ${count(steps, 'step')}${where} in ${count(blocks, 'block')}${when}${by}`,
    ...(removed > 0 ? [`  ${count(removed, 'step')} gone`] : []),
    ...(erased > 0 ? [`  ${count(erased, 'exchange')} erased`] : []),
    ...(headless > 0
      ? [
          `  ${count(headless, 'exchange')} whose first step is gone: nothing proves who called, and what`,
        ]
      : []),
    ...(unsigned > 0 ? [`  ${count(unsigned, 'newer step')} not signed yet`] : []),
    ...(unsignedRecords > 0
      ? [
          `  ${count(unsignedRecords, 'record')} of what is gone, signed but in no block yet: a gate makes one when it runs`,
        ]
      : []),
    ...(note === undefined ? [] : [`  ${note}`]),
  ];
}

function verdictOf({ findings, counts }: ProofReport): string[] {
  if (findings.length === 0) return ['Intact: all of it is what was signed.'];
  const sums = Object.entries(counts).map(([wrong, sum]) => `${sum} ${wrongs[wrong as Wrong]}`);
  const more = findings.length - SHOWN;
  return [
    `PROOF_BROKEN: ${sums.join(', ')}. The first wrong place:`,
    ...findings.slice(0, SHOWN).map((finding) => `  ${lineOf(finding)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** `position 12 (exchange 01a…, step 3, 2026-01-31T12:00:00.000Z) changed: why`. */
function lineOf({ wrong, position, last, exchange, seq, at, why }: Finding): string {
  const place =
    last !== undefined && last !== position
      ? `positions ${position} to ${last}`
      : `position ${position}`;
  const about = [
    ...(exchange === undefined ? [] : [`exchange ${visible(String(exchange))}`]),
    ...(seq === undefined ? [] : [`step ${visible(String(seq))}`]),
    ...(typeof at === 'number' ? [timeOf(at)] : []),
  ];
  const where = position === 0 ? '' : `${place} `;
  const what = about.length === 0 ? '' : `(${about.join(', ')}) `;
  return `${where}${what}${wrongs[wrong]}: ${visible(why)}`;
}

function timeOf(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'at no time' : date.toISOString();
}

function count(number: number, noun: string): string {
  if (number < 1_000) return counted(number, noun);
  return `${number.toLocaleString('en')} ${noun}s`;
}
