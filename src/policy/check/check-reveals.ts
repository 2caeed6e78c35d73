import { tokenLabel } from '../../mask/maskers/token-label.ts';
import { coverOf } from '../../mask/token/reveal-cover.ts';
import type { MaskObligation, TokenSpec } from '../../model/decision.ts';
import { suggest } from '../../model/nearest.ts';
import type { RevealSpec } from '../ast.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { isBuiltIn } from '../detector-names.ts';
import { compileGlob } from '../glob.ts';
import type { Report } from './report.ts';

/** A mask that makes tokens. */
interface Source {
  readonly rule: CompiledRule;
  readonly mask: MaskObligation;
  readonly spec: TokenSpec;
}

/** Warns of reveals that give back nothing, or more than they seem to. */
export class RevealCheck {
  readonly #sources: readonly Source[];
  readonly #told = new Set<MaskObligation>();

  /** @param rules all rules, whose masks make the tokens */
  constructor(rules: readonly CompiledRule[]) {
    this.#sources = rules.flatMap((rule) =>
      rule.masks.flatMap((mask): Source[] => {
        const { with: spec } = mask;
        return spec.masker === 'token' ? [{ rule, mask, spec }] : [];
      }),
    );
  }

  check(rule: CompiledRule, report: Report): void {
    if (rule.reveals.length === 0) return;
    if (isForAllTools(rule)) {
      const message = `rule "${rule.id}" gives values to every tool, also to those that pass them on`;
      report('REVEAL_WIDE', rule, message, { hint: 'name the tools' });
    }
    for (const reveal of rule.reveals) {
      for (const name of reveal.named) this.#checkName(name, reveal, rule, report);
    }
  }

  #checkName(
    { label, at }: RevealSpec['named'][number],
    { grant: { scope } }: RevealSpec,
    rule: CompiledRule,
    report: Report,
  ): void {
    const making = this.#sources.filter((one) => one.rule.mode === 'enforce' || one.rule === rule);
    const makers = making.filter(({ mask, spec }) => mayBeCalled(label, mask, spec));
    const filling = makers.filter(({ spec }) => spec.scope === scope);
    if (filling.length === 0) {
      const where = scope === '' ? '' : ` in the scope "${scope}"`;
      const message = `no mask makes a token that is called "${label}"${where}`;
      report('REVEAL_UNFILLED', rule, message, { at, hint: wayOut(label, scope, making, makers) });
    }
    this.#checkShared(label, filling, report);
  }

  /** By one name go values of two kinds, and nobody has named them so. */
  #checkShared(label: string, sources: readonly Source[], report: Report): void {
    const same = sources.filter(({ spec }) => spec.label === label);
    const [first, ...others] = same;
    if (!first) return;
    const from = kindOf(first);
    const other = others.find((one) => kindOf(one) !== from && !(isNamed(one) && isNamed(first)));
    if (!other || this.#told.has(other.mask)) return;
    this.#told.add(other.mask);
    const { file, line } = first.mask.at;
    const message = `tokens called "${label}" stand for what another mask finds too`;
    const hint = `it is at ${file}:${line}; name one of them with "as", or give it another scope`;
    report('TOKEN_SHARED', other.rule, message, { at: other.mask.at, hint });
  }
}

function isForAllTools({ on }: CompiledRule): boolean {
  if (!on) return true;
  return on.some(({ kind, globs }) => kind === 'tools' && globs.some((it) => /^\*+$/.test(it)));
}

function mayBeCalled(label: string, { target }: MaskObligation, spec: TokenSpec): boolean {
  if (spec.label !== undefined) {
    const known = { value: null, label: spec.label, scope: '' };
    return coverOf([{ rule: '', labels: [label], scope: '' }])(known, []);
  }
  // A field's own name, or `value` where that can't be a label.
  if (!('fields' in target)) return false;
  const plain = label.replaceAll('-', '');
  return label === 'value' || target.fields.some((glob) => compileGlob(squeezed(glob))(plain));
}

const squeezed = (glob: string) => glob.toLowerCase().replace(/[-_\s]/g, '');

function wayOut(
  label: string,
  scope: string,
  making: readonly Source[],
  makers: readonly Source[],
): string {
  const [elsewhere] = makers;
  if (elsewhere) {
    const other = elsewhere.spec.scope;
    return other === '' ? 'leave the scope out' : `the mask's scope is "${other}"`;
  }
  const labels = making
    .filter(({ spec }) => spec.scope === scope)
    .flatMap((one) => one.spec.label ?? []);
  if (labels.length === 0) return `add a mask: { find: ${label}, with: token }`;
  return suggest(label, [...new Set(labels)]);
}

/** What a mask's tokens stand for. The last name of a path says so where it is the name of a detector. */
function kindOf({ mask: { target }, spec: { label } }: Source): string {
  if ('find' in target) return JSON.stringify([...target.find].sort());
  if ('fields' in target) return JSON.stringify(target);
  const name = tokenLabel(target.path.findLast((step) => typeof step === 'string'));
  return name === label && isBuiltIn(name) ? JSON.stringify([name]) : target.text;
}

/** It is called so by `as`. */
function isNamed({ mask: { target }, spec: { label } }: Source): boolean {
  if ('fields' in target) return true;
  if ('find' in target) return target.find.length > 1 || tokenLabel(target.find[0]) !== label;
  return tokenLabel(target.path.findLast((step) => typeof step === 'string')) !== label;
}
