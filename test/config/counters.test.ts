import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { GateError } from '../../src/model/errors.ts';
import { formatProblem } from '../../src/model/position.ts';

const url = 'postgres://gate@db.test/sallyport?sslmode=verify-full';

function read(counters: string, environment: Record<string, string> = {}) {
  return parseConfig(`upstreams: {}\ncounters: ${counters}\n`, 'c.yaml', environment).counters;
}
function problems(counters: string): readonly string[] {
  try {
    read(counters);
    return [];
  } catch (error) {
    if (error instanceof GateError) return error.problems.map(formatProblem);
    throw error;
  }
}

describe('where limits are counted', () => {
  it('is SQLite unless told otherwise', () => {
    expect(parseConfig('upstreams: {}', 'c.yaml', {}).counters).toEqual({ store: 'sqlite' });
  });

  it('can be PostgreSQL, whose URL may be a variable', () => {
    expect(read('{ store: postgres, url: "env:DB" }', { DB: url })).toEqual({
      store: 'postgres',
      url,
    });
  });

  const wrong: readonly (readonly [string, string])[] = [
    ['{ store: postgres }', 'counters.url is missing'],
    ['{ store: sqlite, url: "postgres://db.test/x" }', 'goes with "store: postgres"'],
    ['{ store: memory, path: a.db }', 'goes with "store: sqlite"'],
    ['{ store: postgres, url: "mysql://db.test/x" }', 'must be a postgres:// URL'],
    ['{ store: postgres, url: "db.test" }', 'must be a postgres:// URL'],
    ['{ store: redis }', 'c.yaml:2:'],
    ['{ stor: memory }', 'did you mean "store"?'],
  ];
  it.each(wrong)('can not be %s', (counters, complaint) => {
    const found = problems(counters);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(complaint);
  });
});
