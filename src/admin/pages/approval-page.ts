import type { ApprovalDesk } from '../approvals/approvals-desk.ts';
import { callSection } from './call-section.ts';
import { decideForms } from './decide-forms.ts';
import { earlierSection } from './earlier-section.ts';
import { type Html, html } from './html.ts';
import { stateTexts } from './state-texts.ts';
import { timeText } from './time-text.ts';
import { whySection } from './why-section.ts';

/** What the page of an approval shows. */
export interface ApprovalFacts {
  readonly page: Awaited<ReturnType<ApprovalDesk['page']>>;
  readonly formToken: string;
  readonly base: string;
  readonly now: number;
  /** Of the link that led here. */
  readonly ticket?: string | undefined;
  /** The link that led here has served. */
  readonly isSpent: boolean;
  /** Who looks at it has said yes. */
  readonly hasApproved: boolean;
  /** The rules ask for something else by now. */
  readonly isOutdated: boolean;
  readonly bounds?: string | undefined;
  /** A rule that would let calls like this one through, as YAML. */
  readonly proposal?: string | undefined;
}

/** The page where somebody decides one approval. */
export function approvalMain(facts: ApprovalFacts): Html {
  const { page, base, now, proposal } = facts;
  const { caller, target, upstream } = page;
  return html`<h1>${caller.email ?? caller.sub} asks for <code>${target}</code> on ${upstream}</h1>
<p>${stateLine(page, now)}</p>
${notices(facts)}
${callSection({ call: page, args: page.args, ...(page.tool && { tool: page.tool }) })}
${whySection(page, now)}
${earlierSection(page.earlier, base, now)}
${!facts.isSpent && decideSection(facts)}
${proposal !== undefined && proposalSection(proposal)}
<p class="dim">Approval <code>${page.id}</code>, exchange <code>${page.exchange}</code>, policies <code>${page.revision}</code></p>`;
}

function stateLine(page: ApprovalFacts['page'], now: number): Html {
  const { state, createdAt, expiresAt, usableUntil, endedAt } = page;
  const until = state === 'pending' ? expiresAt : state === 'granted' ? usableUntil : undefined;
  return html`<span class="badge ${state}">${state}</span> ${stateTexts[state]}
Asked ${timeText(createdAt, now)}${until !== undefined && html`, until ${timeText(until, now)}`}${
    endedAt !== undefined && html`, over ${timeText(endedAt, now)}`
  }.`;
}

function notices({ page, isSpent, isOutdated, hasApproved }: ApprovalFacts): Html {
  const { state, reason, breakGlass, standing, you } = page;
  const isPending = state === 'pending';
  return html`${reason !== undefined && html`<p class="notice" role="status">Reason: ${reason}</p>`}
${breakGlass && html`<p class="notice bad">The caller has gone ahead alone (break glass).</p>`}
${isOutdated && html`<p class="notice">The policy has changed since: this can't be approved any longer. The agent has to call again.</p>`}
${isSpent && html`<p class="notice" role="status">You have decided by this link. It serves once.</p>`}
${standing && html`<div class="notice"><p>Calls alike are approved as well; ${standing.calls} made so far. Where:</p><pre>${standing.yaml}</pre></div>`}
${isPending && hasApproved && html`<p class="notice" role="status">Your yes is counted. Others must say yes as well.</p>`}
${isPending && !hasApproved && !isSpent && you.why !== undefined && html`<p class="notice" role="status">You can't approve this: ${you.why}.</p>`}`;
}

function decideSection({ page, formToken, base, ticket, bounds }: ApprovalFacts): Html {
  const action = `${base}/approvals/${page.id}`;
  return decideForms({ rights: page.you, action, formToken, ticket, bounds });
}

function proposalSection(yaml: string): Html {
  return html`<section>
<details>
<summary>As a rule, so that nobody is asked again</summary>
<p>A proposal for the policies: it lets this caller make this call with these arguments. Try it with
<code>sallyport check</code> and put it into a policy file.</p>
<pre tabindex="0" role="region" aria-label="Proposal for the policies">${yaml}</pre>
</details>
</section>`;
}
