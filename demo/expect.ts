import { inspect, isDeepStrictEqual } from 'node:util';

/** Something came that the demo did not say. */
export class Unexpected extends Error {
  override readonly name = 'Unexpected';

  constructor(what: string, expected: unknown, got: unknown) {
    super(`${what}\n    expected: ${shown(expected)}\n    got:      ${shown(got)}`);
  }
}

/** @throws Unexpected */
export function same(what: string, got: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(got, expected)) throw new Unexpected(what, expected, got);
}

/** @throws Unexpected unless all of these are in the text */
export function includes(what: string, text: string, ...all: readonly string[]): void {
  for (const one of all) {
    if (!text.includes(one)) throw new Unexpected(what, `text with ${shown(one)} in it`, text);
  }
}

/** @throws Unexpected if one of these is in the text */
export function lacks(what: string, text: string, ...none: readonly string[]): void {
  for (const one of none) {
    if (text.includes(one)) throw new Unexpected(what, `text without ${shown(one)}`, text);
  }
}

function shown(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: 100, maxStringLength: 2_000 });
}
