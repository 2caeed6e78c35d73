import type { MaskerSpec } from '../../model/decision.ts';
import { isList, isObject, type Json } from '../../model/json.ts';
import type { MaskContext } from '../mask-context.ts';
import { type Masker, maskerOf, REMOVED } from '../masker.ts';
import type { TokenMint } from '../token/token-mint.ts';
import type { Due } from '../use.ts';
import { scalarText } from '../walk/echo.ts';
import { redact } from './redact.ts';
import { strictest } from './strictness.ts';

interface Resolved {
  readonly spec: MaskerSpec;
  readonly masker: Masker;
}

/** Masks one thing to which several uses are due, in the strictest of their ways. */
export class StrictestMasker {
  readonly #context: MaskContext;
  readonly #mint: TokenMint;
  readonly #findable: readonly Due[];
  readonly #known = new Map<number | string, Resolved>();
  readonly #outdone = new Map<MaskerSpec, boolean>();

  /** @param findable what is due to anything that detectors find */
  constructor(context: MaskContext, mint: TokenMint, findable: readonly Due[] = []) {
    this.#context = context;
    this.#mint = mint;
    this.#findable = findable;
  }

  /** What takes the place of a stretch of text. */
  text(found: string, due: readonly Due[]): string {
    const { spec, masker } = this.resolve(due);
    return masker.text(found, labelOf(spec, due));
  }

  /** What takes the place of a whole value, never null. */
  value(value: Json, due: readonly Due[]): Json | typeof REMOVED {
    const { spec, masker } = this.resolve(due);
    const label = labelOf(spec, due);
    if (masker.value) return masker.value(value, label);
    return isList(value) || isObject(value)
      ? redact('', label)
      : masker.text(scalarText(value), label);
  }

  /** The same where only a text will do. */
  valueAsText(value: Json, due: readonly Due[]): string {
    const masked = this.value(value, due);
    if (typeof masked === 'string') return masked;
    if (masked === REMOVED) return '';
    return masked === null || isList(masked) || isObject(masked)
      ? this.text(scalarText(value), due)
      : scalarText(masked);
  }

  /** Those of the others that would make the masker of these a stricter one. */
  outdoing(due: readonly Due[], others: readonly Due[]): readonly Due[] {
    const { spec } = this.resolve(due);
    return others.filter((other) => outdoes(other, spec));
  }

  /** True where something that detectors find could make it stricter. */
  canBeOutdone(spec: MaskerSpec): boolean {
    let can = this.#outdone.get(spec);
    can ??= this.#findable.some((other) => outdoes(other, spec));
    this.#outdone.set(spec, can);
    return can;
  }

  /** The masker for several uses, whatever their order. */
  resolve(due: readonly Due[]): Resolved {
    const key = due.length === 1 ? (due[0] as Due).use.id : idsOf(due);
    const known = this.#known.get(key);
    if (known) return known;
    const spec = strictest(due.map(({ use }) => use.spec));
    const masker = maskerOf(spec, this.#context, this.#mint);
    const resolved = { spec, masker };
    this.#known.set(key, resolved);
    return resolved;
  }
}

function idsOf(due: readonly Due[]): string {
  const ids = new Set(due.map(({ use }) => use.id));
  return [...ids].sort((a, b) => a - b).join();
}

function labelOf(spec: MaskerSpec, due: readonly Due[]): string | undefined {
  if (due.length === 1) return spec.masker === 'token' ? due[0]?.named : due[0]?.label;
  const [first, ...others] = due.filter(({ use }) => use.spec.masker === spec.masker);
  const one = [first ?? due[0], ...others].reduce((a, b) =>
    a && b && b.use.id < a.use.id ? b : a,
  );
  return spec.masker === 'token' ? one?.named : one?.label;
}

function outdoes(due: Due, spec: MaskerSpec): boolean {
  const both = strictest([spec, due.use.spec]);
  return both !== spec && JSON.stringify(both) !== JSON.stringify(spec);
}
