import { spanText } from '../../model/span-text.ts';
import type { ApprovalPage } from '../approvals/approvals-view.ts';
import { personText } from './call-section.ts';
import { type Html, html } from './html.ts';
import { timeText } from './time-text.ts';

type Demand = ApprovalPage['demands'][number];
type Ballot = ApprovalPage['ballots'][number];

/** Which rules ask, whom they ask, and what has been said. */
export function whySection({ demands, ballots }: Why, now: number): Html {
  return html`<section aria-labelledby="why">
<h2 id="why">Why it needs a yes</h2>
<ul>
${demands.map(demandText)}
</ul>
${demands.length > 1 && html`<p>All of these rules must be satisfied.</p>`}
</section>
${ballots.length > 0 && ballotsSection(ballots, now)}`;
}

type Why = Pick<ApprovalPage, 'demands' | 'ballots'>;

function demandText(demand: Demand): Html {
  const { rule, at, reason, quorum, missing, approvedBy } = demand;
  const done = missing === 0;
  return html`<li>
<p>${reason ?? 'The rule gives no reason.'}<br>
<span class="dim">Rule <code>${rule}</code>, ${at.file}:${at.line}</span></p>
<p>${whomText(demand)} <strong class="${done ? 'granted' : 'pending'}">${
    done ? 'Satisfied.' : `${quorum - missing} of ${quorum} so far.`
  }</strong>${approvedBy.length > 0 && html` Yes: ${list(approvedBy.map(({ sub, email }) => email ?? sub))}.`}</p>
</li>`;
}

function whomText({ by, quorum, notSelf, breakGlass, reasonRequired }: Demand): string {
  const people = by.length > 0 ? list(by.map(grantee)) : 'whoever has the role approver';
  const many = quorum === 1 ? 'one of' : `${quorum} different people of`;
  return [
    `It asks ${many}: ${people}${notSelf ? ', but never the caller' : ''}.`,
    ...(reasonRequired ? ['A yes needs a reason.'] : []),
    ...(breakGlass.length > 0
      ? [
          `In an emergency a caller who is of these may go ahead alone: ${list(breakGlass.map(grantee))}.`,
        ]
      : []),
  ].join(' ');
}

function grantee(text: string): string {
  return text.startsWith('user:')
    ? text.slice('user:'.length)
    : `group ${text.slice('group:'.length)}`;
}

function list(names: readonly string[]): string {
  return names.join(', ');
}

function ballotsSection(ballots: readonly Ballot[], now: number): Html {
  return html`<section aria-labelledby="said">
<h2 id="said">What was decided</h2>
<ul>
${ballots.map((ballot) => ballotText(ballot, now))}
</ul>
</section>`;
}

function ballotText(
  { by, at, verdict, reason, breakGlass, via, standing }: Ballot,
  now: number,
): Html {
  const word = verdict === 'deny' ? 'No' : breakGlass ? 'Went ahead alone (break glass)' : 'Yes';
  return html`<li>
<p><strong class="${verdict === 'deny' ? 'denied' : breakGlass ? 'warn' : 'granted'}">${word}</strong>,
${personText(by)}, ${timeText(at, now)}, by ${via}${reason !== undefined && html`:<br>${reason}`}</p>
${standing && html`<p>Calls alike, too, for ${spanText(standing.for)}, where</p><pre>${standing.yaml}</pre>`}
</li>`;
}
