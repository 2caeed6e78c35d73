import type { TargetPattern } from '../ast.ts';
import { hasCel } from '../cel/has-cel.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { compileGlob, hasWildcard } from '../glob.ts';
import { testsOf } from './condition-tests.ts';
import { globsOverlap } from './glob-cover.ts';
import type { Report } from './report.ts';

/** Warns of rules that let more through than is often meant, or that ask and hide for nothing. */
export class BreadthCheck {
  readonly #blocks: readonly CompiledRule[];
  readonly #masks: readonly CompiledRule[];

  /** @param rules all rules, against which single ones are held */
  constructor(rules: readonly CompiledRule[]) {
    this.#blocks = rules.filter(blocksByName);
    this.#masks = rules.filter(({ mode, masks }) => mode === 'enforce' && masks.length > 0);
  }

  check(rule: CompiledRule, report: Report): void {
    checkUse(rule, report);
    if (rule.then !== 'allow') return;
    checkAllow(rule, report);
    if (!checkWildcards(rule, report)) checkDenyList(rule, this.#blocks, report);
    if (rule.mode === 'enforce') checkMasked(rule, this.#masks, report);
  }
}

function checkUse(rule: CompiledRule, report: Report): void {
  if (rule.mode === 'enforce' && rule.denial === 'hide' && !rule.then && rule.limits.length === 0) {
    report('DENIAL_UNUSED', rule, `rule "${rule.id}" refuses nothing, so it can't hide`);
  }
}

function checkAllow(rule: CompiledRule, report: Report): void {
  if (!rule.on && !rule.when) {
    const hint = 'say what it is "on", or "when"';
    report('ALLOWS_EVERYTHING', rule, `rule "${rule.id}" allows every message`, { hint });
  } else if (rule.upstreams.length === 0 && isWide(rule.on)) {
    const hint = 'name them in the document: "upstreams: [ … ]"';
    report('ALL_UPSTREAMS', rule, `rule "${rule.id}" allows on every upstream`, { hint });
  }
  const tests = testsOf(rule.when);
  const claims = tests.filter(({ path }) => path[0] === 'client' || path[0] === 'tool');
  if (claims.length > 0 && claims.length === tests.length && !hasCel(rule.when)) {
    const what = claims.some(({ path }) => path[0] === 'client') ? 'client' : 'upstream';
    const message = `rule "${rule.id}" allows by nothing but what the ${what} says of itself`;
    report('CLAIMS_ONLY', rule, message, { hint: 'add a condition on the identity' });
  }
}

function isWide(on: readonly TargetPattern[] | undefined): boolean {
  return !on || on.some(({ globs }) => globs.some(hasWildcard));
}

const isAll = (glob: string) => glob === '*' || glob === '**';
const allTools = ({ on }: CompiledRule) =>
  on?.some(({ kind, globs }) => kind === 'tools' && globs.some(isAll)) ?? false;

/** True where a warning on wildcards says what is to be said. */
function checkWildcards(rule: CompiledRule, report: Report): boolean {
  if (rule.on?.some(({ kind, globs }) => kind === 'methods' && globs.some(isAll))) {
    report('ALL_METHODS', rule, `rule "${rule.id}" allows every method`, {
      hint: 'name the methods, such as elicitation/create',
    });
    return true;
  }
  if (rule.when || !allTools(rule)) return false;
  const hint = 'name the tools, or say "when"';
  report('ALL_TOOLS', rule, `rule "${rule.id}" allows every tool to everybody`, { hint });
  return true;
}

function blocksByName({ then, mode, when, on }: CompiledRule): boolean {
  if (then !== 'block' || mode !== 'enforce' || when) return false;
  return on?.some(({ kind, globs }) => kind === 'tools' && !globs.every(isAll)) ?? false;
}

function checkDenyList(rule: CompiledRule, blocks: readonly CompiledRule[], report: Report): void {
  if (!allTools(rule) || testsOf(rule.when).some(({ path }) => path[0] === 'tool')) return;
  const block = blocks.find(({ upstreams }) => upstreamsOverlap(upstreams, rule.upstreams));
  if (!block) return;
  const message = `rule "${rule.id}" allows every tool but those that others block by name, such as "${block.id}"`;
  report('DENY_LIST', rule, message, { hint: 'name the tools that are allowed' });
}

/** Words in the names of tools whose answers hold personal or secret data. */
const SENSITIVE = new Set(
  [
    ...['customer', 'client', 'patient', 'employee', 'person', 'people', 'user', 'member'],
    ...['account', 'contact', 'payment', 'payroll', 'salary', 'invoice', 'card', 'iban'],
    ...['secret', 'credential', 'password', 'token', 'private', 'export', 'dump', 'backup'],
    ...['sql', 'query', 'database'],
  ].flatMap((word) => [word, `${word}s`]),
);

function checkMasked(rule: CompiledRule, masking: readonly CompiledRule[], report: Report): void {
  const readsContent = testsOf(rule.when).some(({ path }) =>
    ['args', 'result'].includes(String(path[0])),
  );
  if (readsContent || hasCel(rule.when)) return;
  const globs = rule.on?.flatMap(({ kind, globs }) => (kind === 'tools' ? globs : [])) ?? [];
  const bare = globs.find(
    (glob) => isSensitive(glob) && !masking.some((other) => mayMask(other, rule, glob)),
  );
  if (bare === undefined) return;
  const message = `rule "${rule.id}" allows "${bare}" whatever its arguments, and no mask applies`;
  report('UNMASKED', rule, message, { hint: 'add a mask, such as mask: { find: [email] }' });
}

/** `getCustomer`, `customer_get`, `*customers*`. */
function isSensitive(glob: string): boolean {
  const words = glob
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.some((word) => SENSITIVE.has(word));
}

function mayMask(masking: CompiledRule, rule: CompiledRule, tool: string): boolean {
  if (!masking.masks.some(({ sides }) => sides.includes('result'))) return false;
  if (!upstreamsOverlap(masking.upstreams, rule.upstreams)) return false;
  return (
    masking.on?.some(({ kind, globs }) => {
      if (kind === 'methods') return globs.some((glob) => compileGlob(glob)('tools/call'));
      return kind === 'tools' && globs.some((glob) => globsOverlap(glob, tool));
    }) ?? true
  );
}

function upstreamsOverlap(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return true;
  return a.some((glob) => b.some((other) => globsOverlap(glob, other)));
}
