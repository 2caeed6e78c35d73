import { isRawNumber, type Json } from '../../model/json.ts';

/** `-1200`, `1,234.50`, `4e3`. */
const NUMBER = /^([+-]?)(\d{1,3}(?:,\d{3}){1,9}|\d{1,40})(\.\d{1,40})?(e[+-]?\d{1,3})?$/i;

/**
 * The nearest multiple of a number, the greater of two that are equally near. A number stays one, text stays text and
 * keeps its commas.
 *
 * @returns undefined for what is no number, or one too large to be counted in whole steps
 */
export function round(to: number): (value: Json) => Json | undefined {
  const decimals = decimalsOf(to);
  return (value) => {
    if (typeof value === 'number') return numberAt(nearest(value, to, decimals));
    if (value !== null && isRawNumber(value)) {
      return numberAt(nearest(Number(value.rawJSON), to, decimals));
    }
    return typeof value === 'string' ? roundText(value, to, decimals) : undefined;
  };
}

function roundText(text: string, to: number, decimals: number): string | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = ''] = NUMBER.exec(text.trim()) ?? [];
  if (whole === '') return undefined;
  const plain = whole.replaceAll(',', '');
  const rounded = nearest(Number(sign + plain + fraction + exponent), to, decimals);
  return rounded === undefined || plain === whole ? rounded : withCommas(rounded);
}

/** As text, so that 0.1 steps give 0.3 and not 0.30000000000000004. */
function nearest(value: number, to: number, decimals: number): string | undefined {
  const steps = Math.floor(value / to + 0.5);
  const rounded = steps * to;
  if (!Number.isSafeInteger(steps) || Math.abs(rounded) >= 1e21) return undefined;
  return rounded.toFixed(decimals).replace(/^-(?=0(?:\.0+)?$)/, '');
}

function numberAt(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function withCommas(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\d(?=(?:\d{3}){1,9}$)/g, '$&,');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Decimals that a multiple can have: 0.25 has two, 5e-7 has seven. */
function decimalsOf(to: number): number {
  const [mantissa = '', exponent = '0'] = String(to).split('e');
  const fraction = mantissa.split('.')[1] ?? '';
  return Math.min(Math.max(0, fraction.length - Number(exponent)), 100);
}
