import type { ApprovalPerson } from '../../model/approval.ts';
import { deeperThan, isObject, type JsonObject, member, textMember } from '../../model/json.ts';
import { visible, visibleJson } from '../../model/visible.ts';
import type { ApprovalPage } from '../approvals/approvals-view.ts';
import { type Html, type HtmlPart, html, htmlText } from './html.ts';

/** Hints of a tool (MCP 2025-06-18, ToolAnnotations), and what they mean to whoever approves a call. */
const hints = [
  ['readOnlyHint', 'only reads', 'changes something'],
  ['destructiveHint', 'may destroy something', 'destroys nothing'],
  ['idempotentHint', 'doing it twice does no more than once', 'doing it twice does more than once'],
  ['openWorldHint', 'reaches beyond the upstream', 'stays within the upstream'],
] as const;

/** Characters of arguments that are laid out however deep they are, and levels that all others may have. */
const MAX_DEEP = 32_768;
const MAX_LEVELS = 8;

/** Who wants to make which call, and all that would be sent. */
export function callSection({ call, args, tool }: Asked): Html {
  const { caller, agent, upstream, method, target } = call;
  return html`<section aria-labelledby="who">
<h2 id="who">Who asks</h2>
<dl>
${fact('Person', personText(caller))}
${caller.groups && caller.groups.length > 0 && fact('Groups', visible(caller.groups.join(', ')))}
${caller.actor !== undefined && fact('Acted for by', visible(caller.actor))}
${agent !== undefined && fact('Agent', html`${visible(agent)} <span class="dim">(by its own account)</span>`)}
${caller.client !== undefined && fact('OAuth client', visible(caller.client))}
${fact('Issuer', visible(caller.issuer))}
</dl>
</section>
<section aria-labelledby="what">
<h2 id="what">What would be sent</h2>
<dl>
${fact('Upstream', html`<code>${visible(upstream)}</code>`)}
${fact('Method', html`<code>${visible(method)}</code>`)}
${fact('Target', html`<code>${visible(target)}</code>`)}
</dl>
<pre tabindex="0" role="region" aria-label="All that would be sent">${argsText(args)}</pre>
<p class="dim">This and nothing else: another argument needs another approval. What the policy masks is masked here, too.</p>
${tool && toolText(tool)}
</section>`;
}

type Asked = Pick<ApprovalPage, 'args' | 'tool'> & {
  readonly call: Pick<ApprovalPage, 'caller' | 'agent' | 'upstream' | 'method' | 'target'>;
};

/** Indentation of many things deep within others is a hundred times what it lays out: megabytes that nobody reads. */
function argsText(args: JsonObject): Html {
  const text = JSON.stringify(args);
  const isDeep = text.length > MAX_DEEP && deeperThan(text, MAX_LEVELS);
  return htmlText(visibleJson(args, isDeep ? undefined : 2));
}

/** One row of a list of facts. */
export function fact(name: string, value: HtmlPart): Html {
  return html`<dt>${name}</dt><dd>${value}</dd>`;
}

/** Somebody by their address, where it is known, and by what their issuer calls them. */
export function personText({ sub, email }: Pick<ApprovalPerson, 'sub' | 'email'>): Html {
  return email === undefined || email === sub
    ? html`${visible(sub)}`
    : html`${visible(email)} <span class="dim">(${visible(sub)})</span>`;
}

/** What an upstream says of its tool is a claim, and is shown as one. */
function toolText(tool: JsonObject): Html {
  const annotations = member(tool, 'annotations');
  const title = textMember(tool, 'title') ?? titleOf(annotations);
  const description = textMember(tool, 'description');
  const said = isObject(annotations)
    ? hints.flatMap(([name, yes, no]) => {
        const value = member(annotations, name);
        return typeof value === 'boolean' ? [value ? yes : no] : [];
      })
    : [];
  return html`<h2>What the upstream says of the tool</h2>
<p class="dim">Its own words; nobody has checked them.</p>
<dl>
${title !== undefined && fact('Title', visible(title))}
${description !== undefined && fact('Description', description)}
${said.length > 0 && fact('Hints', said.join('; '))}
</dl>`;
}

function titleOf(annotations: JsonObject[string] | undefined): string | undefined {
  return isObject(annotations) ? textMember(annotations, 'title') : undefined;
}
