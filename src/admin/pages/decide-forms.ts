import { spanText } from '../../model/span-text.ts';
import type { Rights } from '../approvals/approvals-rights.ts';
import { type Html, type HtmlPart, html } from './html.ts';

/** What the forms of an approval's page are made of. */
export interface DecideForms {
  readonly rights: Rights;
  /** Where they are sent to: path of the page. */
  readonly action: string;
  /** Proves that they were shown to who sends them. */
  readonly formToken: string;
  readonly ticket?: string | undefined;
  /** The tightest bounds of calls alike, as YAML; undefined where the arguments are too many to bound. */
  readonly bounds?: string | undefined;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Spans that are offered for calls alike, as far as the rules let it be so long. */
const spans = [15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, DAY, 7 * DAY];

/** What somebody can do about an approval. */
export function decideForms(forms: DecideForms): Html {
  const { approve, deny, breakGlass, revoke, cancel, reasonRequired } = forms.rights;
  const shown = [
    approve &&
      form(forms, 'approve', 'Approve', [
        html`<p>The call is made once, as it is shown here.</p>`,
        reasonField(
          'approve',
          reasonRequired ? 'Reason (needed)' : 'Reason (kept, not told to the agent)',
          reasonRequired,
        ),
        standingFields(forms),
        html`<button class="yes" name="do" value="approve">Approve</button>`,
      ]),
    deny &&
      form(forms, 'deny', 'Deny', [
        html`<p>The agent reads your reason, but not who you are.</p>`,
        reasonField('deny', 'Reason (told to the agent)', false),
        html`<button class="no" name="do" value="deny">Deny</button>`,
      ]),
    breakGlass &&
      form(forms, 'break-glass', 'Break glass', [
        html`<p class="warn">For emergencies: your own call goes ahead without anybody else. It is marked, everybody on
every channel is told, and it stays in the list.</p>`,
        reasonField('break-glass', 'Reason (needed)', true),
        html`<button class="no" name="do" value="break-glass">Go ahead alone</button>`,
      ]),
    cancel &&
      form(forms, 'cancel', 'Give the call up', [
        html`<p>Nobody needs to decide about it any longer, and it is not made.</p>`,
        html`<button name="do" value="cancel">Give up</button>`,
      ]),
    revoke &&
      form(forms, 'revoke', 'Take it back', [
        html`<p>Ends the question, or the yes that was given. A call that was made is made.</p>`,
        reasonField('revoke', 'Reason (needed, told to the agent)', true),
        html`<button name="do" value="revoke">Take back</button>`,
      ]),
  ].filter((one) => one !== false);
  return html`<div class="decide">${shown}</div>`;
}

function form(
  { action, formToken, ticket }: DecideForms,
  id: string,
  title: string,
  fields: readonly HtmlPart[],
): Html {
  return html`<section aria-labelledby="do-${id}">
<h2 id="do-${id}">${title}</h2>
<form method="post" action="${action}">
<input type="hidden" name="form" value="${formToken}">
${ticket !== undefined && html`<input type="hidden" name="ticket" value="${ticket}">`}
${fields}
</form>
</section>`;
}

function reasonField(id: string, label: string, isNeeded: boolean): Html {
  return html`<label for="reason-${id}">${label}</label>
<textarea id="reason-${id}" name="reason" rows="2" maxlength="2000" ${isNeeded && 'required'}></textarea>`;
}

function standingFields({ rights: { standing }, bounds }: DecideForms): Html | false {
  if (standing === undefined) return false;
  const offered = [...new Set([...spans.filter((span) => span < standing), standing])];
  return html`<fieldset>
<legend>Which calls</legend>
<label class="option"><input type="radio" name="calls" value="once" checked> This one only</label>
<label class="option"><input type="radio" name="calls" value="alike"> Calls alike, too: the same caller and target</label>
<div class="alike">
<label for="for">For how long</label>
<select id="for" name="for">
${offered.map((span) => html`<option value="${span}">${spanText(span)}</option>`)}
</select>
<label for="when">With which arguments</label>
<textarea class="code" id="when" name="when" rows="5" spellcheck="false" aria-describedby="when-hint">${bounds}</textarea>
<p class="dim" id="when-hint">A condition of the policy language on <code>args</code>, as YAML: at first one that fits
these arguments alone; loosen it with care. An argument that it does not name must not be there.
Where several people must say yes, all of them must say the same here.</p>
</div>
</fieldset>`;
}
