/** Decides whether a name fits. */
export type NameTest = (name: string) => boolean;

/**
 * Compiles a glob once. `*` stands for any run of characters, `?` for one character. In URIs (`separator: '/'`) `*` and `?` stop
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
  /** Where it ends if it stands at a position, or -1. */
  endAt(name: string, position: number): number;
  /** Where it begins if it stands at the end, or -1. */
  startOfEnd(name: string): number;
  /** The first place from a position on, or -1. */
  find(name: string, from: number): number;
}

function compileRun(run: string): Run {
  const { length } = run;
  if (!run.includes('?')) {
    return {
      endAt: (name, position) => (name.startsWith(run, position) ? position + length : -1),
      startOfEnd: (name) => (name.endsWith(run) ? name.length - length : -1),
      find: (name, from) => name.indexOf(run, from),
    };
  }
  const endAt = (name: string, position: number) => {
    let at = position;
    for (let i = 0; i < length; i++) {
      if (at >= name.length) return -1;
      if (run[i] === '?') at = next(name, at);
      else if (run[i] === name[at]) at++;
      else return -1;
    }
    return at;
  };
  const startOfEnd = (name: string) => {
    let at = name.length;
    for (let i = length - 1; i >= 0; i--) {
      if (at <= 0) return -1;
      if (run[i] === '?') at = before(name, at);
      else if (run[i] === name[at - 1]) at--;
      else return -1;
    }
    return at;
  };
  const find = (name: string, from: number) => {
    for (let at = from; at < name.length; at = next(name, at)) if (endAt(name, at) >= 0) return at;
    return -1;
  };
  return { endAt, startOfEnd, find };
}

/** Where the character after the one at a position begins; those beyond the basic plane are two units. */
function next(name: string, at: number): number {
  return at + ((name.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}

/** Where the character before a position begins. */
function before(name: string, at: number): number {
  return at > 1 && next(name, at - 2) === at ? at - 2 : at - 1;
}

/** Runs with stars between them. To take each at the first place where it stands leaves most room for the rest. */
function runsTest([head, ...others]: readonly Run[]): NameTest {
  const tail = others.pop();
  return (name) => {
    let from = head?.endAt(name, 0) ?? -1;
    if (from < 0 || !tail) return from === name.length;
    for (const run of others) {
      const at = run.find(name, from);
      if (at < 0) return false;
      from = run.endAt(name, at);
    }
    return tail.startOfEnd(name) >= from;
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
  const reached = new Set<number>();
  for (const position of from) {
    if (part === '?') {
      if (position < name.length && name[position] !== separator) reached.add(next(name, position));
    } else if (part.startsWith('*')) {
      const stop = part.length > 1 ? undefined : separator;
      for (let i = position; i <= name.length && !reached.has(i); i++) {
        reached.add(i);
        if (name[i] === stop) break;
      }
    } else if (name.startsWith(part, position)) {
      reached.add(position + part.length);
    }
  }
  return reached;
}
