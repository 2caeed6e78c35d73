import type { Rule } from './ast.ts';
import { compileGlob } from './glob.ts';
import type { TargetKind } from './subject.ts';

/** How many of several messages a rule is about. */
export type Coverage = 'all' | 'some' | 'none';

/** Which of the URIs that a template (RFC 6570) can expand to a rule is about, when they are read. */
export function coverageOfTemplate({ on }: Rule, template: string): Coverage {
  if (!on) return 'all';
  let covered: Coverage = 'none';
  for (const { kind, globs } of on) {
    if (kind === 'methods' && fitsAny(globs, 'resources/read')) return 'all';
    if (kind !== 'resources') continue;
    for (const glob of globs) {
      const covers = coverageOfGlob(glob, template);
      if (covers === 'all') return 'all';
      if (covers === 'some') covered = 'some';
    }
  }
  return covered;
}

/** Which of the messages of a method that name something of a kind a rule is about. */
export function coverageOfUse({ on }: Rule, kind: TargetKind, method: string): Coverage {
  if (!on) return 'all';
  let covered: Coverage = 'none';
  for (const pattern of on) {
    if (pattern.kind === 'methods' && fitsAny(pattern.globs, method)) return 'all';
    if (pattern.kind !== kind || pattern.kind === 'methods') continue;
    if (pattern.globs.some(fitsAll)) return 'all';
    covered = 'some';
  }
  return covered;
}

function fitsAny(globs: readonly string[], name: string): boolean {
  return globs.some((glob) => compileGlob(glob)(name));
}

function fitsAll(glob: string): boolean {
  return glob === '*' || glob === '**';
}

/** Judged by the literal beginnings of both; what can't be told apart that way counts as `some`. */
function coverageOfGlob(glob: string, template: string): Coverage {
  if (fitsAll(glob)) return 'all';
  const fixed = /^[^{]*/.exec(template)?.[0] ?? '';
  const head = /^[^*?]*/.exec(glob)?.[0] ?? '';
  if (glob === `${head}**` && fixed.startsWith(head)) return 'all';
  return fixed.startsWith(head) || head.startsWith(fixed) ? 'some' : 'none';
}
