import { spanText } from '../../model/span-text.ts';
import { visible, visibleJson, visibleLines } from '../../model/visible.ts';
import { counted } from '../report.ts';
import { painter } from '../transcripts/paint.ts';
import type { ShownApproval, ShownDemand, ShownPerson } from './approvals-api.ts';
import { missingText } from './missing-text.ts';
import { roughSpan } from './rough-span.ts';

export interface PageOptions {
  readonly colour: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const INDENT = '  ';

/** An approval on a terminal, for whoever decides: what would be sent, who asks, why, and what came before. */
export function approvalPage(approval: ShownApproval, { colour, now }: PageOptions): string {
  const paint = painter(colour);
  const heading = (text: string) => ['', paint('bold', text)];
  const { args, demands, ballots, url } = approval;
  const lines = [
    ...headOf(approval, now),
    ...heading('would be sent'),
    ...visibleJson(args, 2).split('\n').map(indented),
    ...toolLines(approval).flatMap((line, at) =>
      at === 0 ? [...heading('the tool'), line] : line,
    ),
    ...heading('asked for by'),
    ...demands.flatMap(demandLines),
    ...(ballots.length > 0 ? [...heading('decided'), ...ballots.flatMap(ballotLines)] : []),
    ...heading('before'),
    ...earlierLines(approval),
    ...heading('you'),
    indented(youText(approval)),
    ...(url === undefined ? [] : ['', url]),
  ];
  return `${lines.join('\n')}\n`;
}

function headOf(approval: ShownApproval, now: number): string[] {
  const { id, state, caller, agent, upstream, method, target, exchange, revision } = approval;
  const { client, actor } = caller;
  const { standing, reason, breakGlass, usedBy } = approval;
  const facts: (readonly [string, string | undefined])[] = [
    ['approval', id],
    ['state', `${state}${timeText(approval, now)}${breakGlass ? ', BREAK GLASS' : ''}`],
    ['reason', reason],
    ['who', personText(caller)],
    [
      'by',
      [agent, client && `client ${client}`, actor && `acting: ${actor}`].filter(Boolean).join(', '),
    ],
    ['what', `${method} ${target} on ${upstream}`],
    ['exchange', `${exchange}, policies ${revision}`],
    ['made by', usedBy],
    ['alike', standing && `${counted(standing.calls, 'call')} so far, until ${standing.until}`],
  ];
  const told = facts.filter(([, value]) => value !== undefined && value !== '');
  const head = told.map(([name, value]) => `${name.padEnd(9)} ${value}`);
  const bounds = standing ? visibleLines(standing.yaml.trimEnd()) : [];
  return [...head, ...bounds.map((line) => `${' '.repeat(10)}${line}`)];
}

function timeText({ state, expiresAt, usableUntil, endedAt }: ShownApproval, now: number): string {
  if (endedAt !== undefined) return ` since ${endedAt}`;
  const until = state === 'granted' ? usableUntil : expiresAt;
  return until === undefined ? '' : `, ${roughSpan(Date.parse(until) - now)} left`;
}

function personText({ sub, email, groups = [], issuer }: ShownPerson): string {
  const address = email === undefined ? '' : ` <${email}>`;
  const those = groups.length === 0 ? '' : ` (${groups.join(', ')})`;
  return `${sub}${address}${those} of ${issuer}`;
}

/** What the upstream says of its tool; a claim. */
function toolLines({ tool }: ShownApproval): string[] {
  if (!tool) return [];
  const { description, annotations, ...rest } = tool;
  const text = typeof description === 'string' ? visibleLines(description) : [];
  const others = Object.keys(rest).length > 0 ? [visibleJson(rest)] : [];
  const hints = annotations === undefined ? [] : [visibleJson(annotations)];
  return [...text, ...hints, ...others].map(indented);
}

function demandLines(demand: ShownDemand): string[] {
  const { rule, at, reason, by, quorum, notSelf, reasonRequired, breakGlass, approvedBy } = demand;
  const { missing } = demand;
  const facts = [
    missingText({ by, people: quorum }),
    ...(notSelf ? ['not the caller'] : []),
    ...(reasonRequired ? ['with a reason'] : []),
    ...(breakGlass.length > 0 ? [`break glass: ${breakGlass.join(', ')}`] : []),
  ];
  const said = approvedBy.map(({ sub }) => sub).join(', ');
  const so = said === '' ? '' : `, so far ${said}`;
  return [
    `${rule}  ${at.file}:${at.line}`,
    ...(reason === undefined ? [] : [`${INDENT}"${reason}"`]),
    `${INDENT}${facts.join('; ')}`,
    `${INDENT}${missing === 0 ? 'satisfied' : `${missing} missing`}${so}`,
  ].map(indented);
}

function ballotLines(ballot: ShownApproval['ballots'][number]): string[] {
  const { by, at, verdict, reason, breakGlass, via, standing } = ballot;
  const how = breakGlass ? `${verdict}, BREAK GLASS` : verdict;
  const why = reason === undefined ? '' : `: ${reason}`;
  return [
    `${at}  ${by.sub}  ${how} (${via})${why}`,
    ...(standing
      ? [
          `${INDENT}calls alike for ${spanText(standing.for)}, where`,
          ...visibleLines(standing.yaml.trimEnd()).map((line) => `${INDENT}${INDENT}${line}`),
        ]
      : []),
  ].map(indented);
}

function earlierLines({ earlier }: ShownApproval): string[] {
  const { approvals, calls = [], recent } = earlier;
  const asked = approvals.map(({ id, state, createdAt, reason }) => {
    return `${createdAt}  asked, ${state}  ${id}${reason === undefined ? '' : `  ${reason}`}`;
  });
  const made = calls.map(({ exchange, at, outcome, milliseconds }) => {
    const took = milliseconds === undefined ? '' : ` in ${milliseconds} ms`;
    return `${at}  made, ${outcome}${took}  ${exchange}`;
  });
  const all = [...asked, ...made].sort().reverse();
  const late = recent
    ? [
        `calls of it among the last ${recent.of} exchanges: ${tallyText(recent.caller)} by the caller, ${tallyText(recent.others)} by others`,
      ]
    : [];
  const none = all.length === 0 ? ['the caller has not asked for this before'] : [];
  return [...none, ...all, ...late].map(indented);
}

function tallyText(tally: Readonly<Record<string, number | undefined>>): string {
  const counts = Object.entries(tally).map(([outcome, calls]) => `${calls} ${outcome}`);
  return counts.length === 0 ? 'none' : counts.join(', ');
}

function youText({ you }: ShownApproval): string {
  const may = [
    ...(you.approve ? [you.reasonRequired ? 'approve (with a reason)' : 'approve'] : []),
    ...(you.approve && you.standing !== undefined
      ? [`approve calls alike (up to ${spanText(you.standing)})`]
      : []),
    ...(you.deny ? ['deny'] : []),
    ...(you.breakGlass ? ['break the glass'] : []),
    ...(you.revoke ? ['revoke'] : []),
    ...(you.cancel ? ['cancel'] : []),
  ];
  const why = you.why === undefined ? '' : ` (not approve: ${you.why})`;
  return may.length === 0 ? `can do nothing here${why}` : `can ${may.join(', ')}${why}`;
}

function indented(line: string): string {
  return `${INDENT}${line}`;
}

/** What has become of it, in one line. */
export function stateLine({ id, state, missing, usableUntil, standing }: ShownApproval): string {
  const needs = missing.map(missingText).join('; ');
  const text = {
    pending: `counted; it still needs ${visible(needs)}`,
    granted: standing
      ? `granted, and calls alike until ${standing.until}`
      : `granted; the call may be made until ${usableUntil}`,
  }[state];
  return `${id} ${text ?? state}\n`;
}
