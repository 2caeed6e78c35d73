import type { Reader } from '../document/reader.ts';
import type { CompiledRule } from './compiled-rule.ts';

/** Warns of rules that are allowed but seldom meant. */
export function lint(rules: readonly CompiledRule[], reader: Reader): void {
  for (const rule of rules) {
    if (rule.then === 'allow' && !rule.on && !rule.when) {
      const hint = 'say what it is "on", or "when"';
      reader.warn('ALLOWS_EVERYTHING', rule.at, `rule "${rule.id}" allows every message`, hint);
    }
    if (rule.then === 'approve' && !rule.approval?.by.length) {
      const hint = 'add approval: { by: [group:…] }';
      reader.warn('NO_APPROVER', rule.at, `rule "${rule.id}" asks nobody in particular`, hint);
    }
    if (rule.then !== 'allow' && rule.mode === 'enforce' && rule.denial === 'hide' && !rule.then) {
      reader.warn('DENIAL_UNUSED', rule.at, `rule "${rule.id}" refuses nothing, so it can't hide`);
    }
  }
}
