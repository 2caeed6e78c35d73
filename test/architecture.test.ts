import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

// The house (DESIGN, section 3). Lower layers may not import higher ones; folders of one layer only each other's
// contract.ts, which counts as layer 3 wherever it stands.
const layers: Readonly<Record<string, number>> = {
  model: 0,
  'version.ts': 0,
  document: 1,
  mask: 1,
  policy: 2,
  protocol: 2,
  pipeline: 3,
  receiver: 3,
  replay: 3,
  analyzer: 4,
  aside: 4,
  auth: 4,
  config: 4,
  export: 4,
  notify: 4,
  store: 4,
  transport: 4,
  admin: 5,
  console: 5,
  'daemon.ts': 6,
  daemon: 6,
  'main.ts': 7,
  cli: 7,
};
const CONTRACT_LAYER = 3;

/** Imports between folders of one layer that are meant, with the reason. */
const meant: Readonly<Record<string, string>> = {
  'main.ts -> cli': 'main.ts is the table of verbs',
  'daemon.ts -> daemon': 'daemon.ts puts together what the folder has',
};

/** What the pure folders may take from outside: things that compute and neither read, wait nor guess. */
const pureImports: Readonly<Record<string, readonly string[]>> = {
  'node:buffer': ['isUtf8'],
  'node:crypto': ['createHash', 'createHmac', 'createSecretKey', 'hash', 'KeyObject'],
  'node:net': ['BlockList', 'isIP'],
  'node:path': ['posix'],
  'node:url': ['domainToASCII'],
  'node:util': ['isDeepStrictEqual'],
  'node:zlib': ['crc32'],
  '@marcbachmann/cel-js': ['ASTNode', 'Environment', 'ParseError'],
  re2js: ['RE2JS'],
  '@noble/hashes/sha3.js': ['keccakP'],
  'libphonenumber-js/min/metadata': ['metadata'],
  ajv: ['Ajv', 'ErrorObject', 'Options', 'ValidateFunction', 'FuncKeywordDefinition'],
  'ajv/dist/2020.js': ['Ajv2020'],
  'ajv-formats/dist/formats.js': ['fullFormats'],
};

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

interface Import {
  readonly specifier: string;
  /** Bound names, as written. */
  readonly names: string;
}
interface Source {
  /** Relative to src. */
  readonly path: string;
  readonly text: string;
  readonly code: string;
  readonly imports: readonly Import[];
}

const sources: readonly Source[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map((path) => {
    const text = readFileSync(join(src, path), 'utf8');
    const code = withoutComments(text);
    return { path, text, code, imports: importsOf(code) };
  });
const pure = sources.filter(({ path }) => ['policy', 'mask'].includes(folderOf(path)));

/** Comments blanked; the `//` of a URL in a string stays. */
function withoutComments(text: string): string {
  return text.replace(
    /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*/g,
    (found) => (found.startsWith('/') ? ' ' : found),
  );
}

function importsOf(code: string): Import[] {
  const found: Import[] = [];
  for (const [, names = '', specifier = ''] of code.matchAll(
    /^(?:import|export)\s+([^;'"]*?)\s*from\s*['"]([^'"]+)['"]/gm,
  )) {
    found.push({ specifier, names });
  }
  for (const [, specifier = ''] of code.matchAll(/^import\s*['"]([^'"]+)['"]/gm)) {
    found.push({ specifier, names: '' });
  }
  for (const [, specifier = ''] of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)) {
    found.push({ specifier, names: '' });
  }
  // Threads: moduleBeside('./writer.ts', import.meta.url).
  for (const [, specifier = ''] of code.matchAll(/\bmoduleBeside\(\s*['"]([^'"]+)['"]/g)) {
    found.push({ specifier, names: '' });
  }
  return found;
}

function folderOf(path: string): string {
  return path.split('/')[0] ?? '';
}

function layerOf(path: string): number | undefined {
  return /(^|\/)contract\.ts$/.test(path) ? CONTRACT_LAYER : layers[folderOf(path)];
}

/** The file in src that a relative import of another leads to. */
function targetOf(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return relative(src, resolve(src, dirname(from), specifier));
}

/** Why a file may not import another; undefined where it may. */
function objection(from: string, to: string): string | undefined {
  const here = layerOf(from);
  const there = layerOf(to);
  const [folder, other] = [folderOf(from), folderOf(to)];
  if (to.startsWith('..')) return 'leads out of src';
  if (here === undefined || there === undefined) return 'is in no layer: add it to the table';
  if (folder === other) return undefined;
  if (there > here) return `layer ${here} may not import layer ${there}`;
  if (there < here || to.endsWith('contract.ts')) return undefined;
  return `${folder} -> ${other}` in meant
    ? undefined
    : `${folder} and ${other} are siblings (layer ${here}): only a contract.ts may be imported`;
}

describe('the house', () => {
  it('has sources, and this test reads their imports', () => {
    expect(sources.length).toBeGreaterThan(50);
    const from = (path: string) =>
      sources.find((source) => source.path === path)?.imports.map(({ specifier }) => specifier);
    expect(from('store/sqlite/commit/thread-committer.ts')).toContain('./writer.ts');
    expect(from('policy/combine.ts')).toContain('../model/decision.ts');
  });

  it('has a place for every file', () => {
    expect(sources.filter(({ path }) => layerOf(path) === undefined).map((s) => s.path)).toEqual(
      [],
    );
  });

  it('lets dependencies point one way', () => {
    const objections = sources.flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier }) => {
        const to = targetOf(path, specifier);
        const why = to === undefined ? undefined : objection(path, to);
        return why === undefined ? [] : [`src/${path} imports ${specifier}: ${why}`];
      }),
    );
    expect(objections).toEqual([]);
  });

  it('would object to what it forbids', () => {
    expect(objection('model/json.ts', 'mask/path.ts')).toMatch(/layer 0 may not import layer 1/);
    expect(objection('mask/walk.ts', 'document/node.ts')).toMatch(/siblings/);
    expect(objection('policy/parse/parse.ts', 'protocol/sse.ts')).toMatch(/siblings/);
    expect(objection('store/sqlite/store.ts', 'transport/http/link.ts')).toMatch(/siblings/);
    expect(objection('auth/oidc.ts', 'transport/contract.ts')).toBeUndefined();
    expect(objection('transport/contract.ts', 'config/schema.ts')).toMatch(/layer 3 may not/);
    expect(objection('cli/serve.ts', 'main.ts')).toMatch(/siblings/);
    expect(objection('thing/x.ts', 'model/json.ts')).toMatch(/no layer/);
  });

  it('has no circle of imports', () => {
    const edges = new Map(
      sources.map(({ path, imports }) => [
        path,
        imports.flatMap(({ specifier }) => targetOf(path, specifier) ?? []),
      ]),
    );
    expect(circlesIn(edges)).toEqual([]);
    expect(
      circlesIn(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['a']],
        ]),
      ),
    ).not.toEqual([]);
  });

  it('imports with the ending .ts, and only files that are there', () => {
    const paths = new Set(sources.map(({ path }) => path));
    const broken = sources.flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier }) => {
        const to = targetOf(path, specifier);
        return to === undefined || paths.has(to) ? [] : [`src/${path} imports ${specifier}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('keeps files small: none over 400 lines, half of them at most 120', () => {
    const sizes = sources.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
    expect(sizes.filter(({ lines }) => lines > 400)).toEqual([]);
    const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(120);
  });

  it('names files in kebab-case, and none of them "utils"', () => {
    const odd = sources.filter(({ path }) =>
      path.split('/').some((part) => {
        const name = part.replace(/\.ts$/, '');
        return (
          !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) || /^(?:utils?|helpers?|misc|common)$/.test(name)
        );
      }),
    );
    expect(odd.map(({ path }) => `src/${path}`)).toEqual([]);
  });
});

describe('model', () => {
  it('imports nothing but itself', () => {
    const outside = sources
      .filter(({ path }) => folderOf(path) === 'model')
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ specifier }) => folderOf(targetOf(path, specifier) ?? '') !== 'model')
          .map(({ specifier }) => `src/${path} imports ${specifier}`),
      );
    expect(outside).toEqual([]);
  });
});

describe('policy and mask', () => {
  it('take only what computes from outside', () => {
    const foreign = pure.flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier, names }) => {
        if (specifier.startsWith('.')) return [];
        const allowed = pureImports[specifier] ?? [];
        const taken = names
          .replace(/[{}]|\btype\b/g, '')
          .split(',')
          .map((name) => name.trim());
        const wrong = taken.filter((name) => name !== '' && !allowed.includes(name));
        return wrong.length === 0 && allowed.length > 0
          ? []
          : [`src/${path}: ${names} from ${specifier}`];
      }),
    );
    expect(foreign).toEqual([]);
  });

  it('never wait, and know no clock, chance, environment or network', () => {
    const impure =
      /\basync\b|\bawait\b|\bPromise\b|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\b(?!\\\.)|\bset(?:Timeout|Interval|Immediate)\b|\bfetch\(|\bconsole\b|\bglobalThis\b/;
    const found = pure.flatMap(({ path, code }) =>
      code
        .split('\n')
        .flatMap((line) => (impure.test(line) ? [`src/${path}: ${line.trim()}`] : [])),
    );
    expect(found).toEqual([]);
  });
});

function circlesIn(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]) => {
    const seen = way.indexOf(file);
    if (seen !== -1) circles.push([...way.slice(seen), file].join(' -> '));
    if (seen !== -1 || done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return circles;
}
