/**
 * Stands in for `vitest` where its tests are run once for each mutant: the same `expect`, and nothing but what is needed
 * to run tests one after the other in one process.
 */
export { expect } from 'vitest';

export interface Test {
  readonly name: string;
  readonly run: () => unknown;
}

type Body = (...values: never[]) => unknown;

let collected: Test[] = [];

/** The tests that have been declared since the last time. */
export function taken(): readonly Test[] {
  const tests = collected;
  collected = [];
  return tests;
}

export function describe(_name: string, body: () => void): void {
  body();
}

export function it(name: string, ...rest: readonly unknown[]): void {
  const body = rest.find((part): part is Body => typeof part === 'function');
  // Rows of a table share their name.
  if (body) collected.push({ name: `${name} (${collected.length + 1})`, run: () => body() });
}

it.each = each;
describe.each = each;
// What fails today says nothing of a mutant.
it.fails = () => undefined;
it.skip = () => undefined;
export const test = it;
export const beforeAll = (body: Body) => it('before all', body);
export const afterAll = () => undefined;

function each(table: readonly unknown[]) {
  return (name: string, ...rest: readonly unknown[]) => {
    const body = rest.find((part): part is Body => typeof part === 'function');
    for (const row of table) {
      const values = (Array.isArray(row) ? row : [row]) as never[];
      if (body) it(name, () => body(...values));
    }
  };
}
