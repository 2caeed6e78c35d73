import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { problemsOf } from '../../../config/issues.ts';
import { toJson } from '../../../document/node.ts';
import { parseYaml } from '../../../document/yaml.ts';
import { GateError, messageOf } from '../../../model/errors.ts';
import { type Acceptance, standings } from '../../../replay/backtest/accepted.ts';

/** What names a file; a rule's id has no such end. */
const FILE = /\.(?:ya?ml|json)$/i;

const name = z.string().min(1).max(1_024).optional();
const standing = z.enum(standings).optional();
const schema = z.strictObject({
  accept: z
    .array(
      z
        .strictObject({ rule: name, from: standing, to: standing, upstream: name, target: name, method: name, reason: name }) // biome-ignore format: one line says it
        .refine((one) => Object.keys(one).some((key) => key !== 'reason'), 'must say which differences it accepts'), // biome-ignore format: one line says it
    )
    .max(10_000),
});

/**
 * What `--accept` accepts: a rule by its id, or what a file lists.
 *
 * @throws GateError USAGE: a file that can't be read, or has errors
 */
export function acceptOption(text: string, cwd: string): readonly Acceptance[] {
  return FILE.test(text) ? listed(text, cwd) : [{ rule: text }];
}

function listed(file: string, cwd: string): readonly Acceptance[] {
  const { documents, problems } = parseYaml(textOf(file, cwd), file);
  const [root] = documents;
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || !root) throw broken(file, errors);
  const parsed = schema.safeParse(toJson(root));
  if (!parsed.success) throw broken(file, problemsOf(parsed.error.issues, root));
  return parsed.data.accept;
}

function textOf(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new GateError('USAGE', `--accept: cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}

function broken(file: string, problems: GateError['problems']): GateError {
  const hint = 'it has a list "accept" of { rule, from, to, upstream, target, method, reason }';
  return new GateError('USAGE', `--accept: ${file} has errors`, { hint, problems });
}
