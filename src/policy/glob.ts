/** Decides whether a name fits. */
export type NameTest = (name: string) => boolean;

/**
 * Compiles a glob once. `*` stands for any run of characters, `?` for one. In URIs (`separator: '/'`) `*` and `?` stop
 * at the separator and `**` does not; a lone `*` fits everything either way. Names are compared byte for byte.
 */
export function compileGlob(pattern: string, separator?: '/'): NameTest {
  if (pattern === '*' || pattern === '**') return () => true;
  if (!hasWildcard(pattern)) return (name) => name === pattern;
  if (separator === undefined) return runsTest(pattern.split(/\*+/).map(compileRun));
  const parts = pattern.split(/(\*+|\?)/);
  return (name) => fits(parts, name, separator);
}

export function hasWildcard(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}

/** What stands between stars. */
interface Run {
  readonly length: number;
  standsAt(name: string, position: number): boolean;
  /** The first place from a position on, or -1. */
  find(name: string, from: number): number;
}

function compileRun(run: string): Run {
  const { length } = run;
  if (!run.includes('?')) {
    return {
      length,
      standsAt: (name, position) => name.startsWith(run, position),
      find: (name, from) => name.indexOf(run, from),
    };
  }
  const standsAt = (name: string, position: number) => {
    for (let i = 0; i < length; i++) {
      if (run[i] !== '?' && run[i] !== name[position + i]) return false;
    }
    return position + length <= name.length;
  };
  const find = (name: string, from: number) => {
    for (let at = from; at + length <= name.length; at++) if (standsAt(name, at)) return at;
    return -1;
  };
  return { length, standsAt, find };
}

/** Runs with stars between them. To take each at the first place where it stands leaves most room for the rest. */
function runsTest([head, ...others]: readonly Run[]): NameTest {
  const tail = others.pop();
  return (name) => {
    if (!head?.standsAt(name, 0)) return false;
    if (!tail) return name.length === head.length;
    let from = head.length;
    for (const run of others) {
      const at = run.find(name, from);
      if (at < 0) return false;
      from = at + run.length;
    }
    return name.length - tail.length >= from && tail.standsAt(name, name.length - tail.length);
  };
}

/** Which positions of `name` can be reached after each part; time is bounded by parts x length. */
function fits(parts: readonly string[], name: string, separator: string): boolean {
  let reached = new Set([0]);
  for (const part of parts) {
    if (part === '') continue;
    reached = advance(part, reached, name, separator);
    if (reached.size === 0) return false;
  }
  return reached.has(name.length);
}

function advance(
  part: string,
  from: ReadonlySet<number>,
  name: string,
  separator: string,
): Set<number> {
  const next = new Set<number>();
  for (const position of from) {
    if (part === '?') {
      if (position < name.length && name[position] !== separator) next.add(position + 1);
    } else if (part.startsWith('*')) {
      const stop = part.length > 1 ? undefined : separator;
      for (let i = position; i <= name.length && !next.has(i); i++) {
        next.add(i);
        if (name[i] === stop) break;
      }
    } else if (name.startsWith(part, position)) {
      next.add(position + part.length);
    }
  }
  return next;
}
