import { visibleJson } from '../../model/visible.ts';
import type { Answered } from './approvals-api.ts';

/** What a verb prints: what the gate has answered, for people or with --json for programs. */
export function answerText<Shown>(
  { raw, shown }: Answered<Shown>,
  { json }: { readonly json: boolean },
  textOf: (shown: Shown) => string,
): string {
  return json ? `${visibleJson(raw, 2)}\n` : textOf(shown);
}
