import { Document, isMap, type YAMLMap } from 'yaml';
import type { SuggestedRule } from './suggest-rule.ts';
import { yamlText } from './yaml-text.ts';

/** Characters of a line of a comment. */
const MAX_LINE = 500;

/**
 * Policy text: a document for each upstream, the numbers behind each rule above it.
 *
 * @param head lines of a comment at the top
 */
export function policyText(
  rules: readonly SuggestedRule[],
  mode: 'shadow' | 'enforce',
  head: readonly string[],
): string {
  const upstreams = [...new Set(rules.map(({ upstream }) => upstream))].sort();
  const top = head.map((line) => `# ${plain(line)}\n`).join('');
  if (upstreams.length === 0) return `${top}apiVersion: sallyport/v1\nrules: []\n`;
  const documents = upstreams.map((upstream) =>
    documentText(
      upstream,
      rules.filter((rule) => rule.upstream === upstream),
      mode,
    ),
  );
  return `${top}${documents.join('---\n')}`;
}

function documentText(upstream: string, rules: readonly SuggestedRule[], mode: string): string {
  const document = new Document({
    apiVersion: 'sallyport/v1',
    upstreams: [upstream],
    rules: rules.map(({ id, on, when }) => ({ id, on, when, then: 'allow', mode })),
  });
  for (const [index, rule] of rules.entries()) {
    const map = document.getIn(['rules', index], true);
    if (isMap(map)) (map as YAMLMap).commentBefore = comment(rule);
  }
  return yamlText(document);
}

function comment({ numbers, notes }: SuggestedRule): string {
  const { calls, callers, sessions, first, last, blocked } = numbers;
  // The stateless era has no sessions.
  const within = sessions === 0 ? '' : ` in ${of(sessions, 'session')}`;
  const counts = `${of(calls, 'call')} by ${of(callers, 'caller')}${within}`;
  const when = `${time(first)} to ${time(last)}`;
  const stopped = blocked > 0 ? [`${blocked} more were blocked, and are not learnt from`] : [];
  return [`${counts}, ${when}`, ...stopped, ...notes].map((line) => ` ${plain(line)}`).join('\n');
}

function of(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** RFC 3339, in UTC, to the second. */
function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** A comment ends where its line does, so that no name can end it. */
function plain(line: string): string {
  const cut = line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
