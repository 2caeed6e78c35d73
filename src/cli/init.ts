import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GateError, messageOf } from '../model/errors.ts';
import { policyTemplate, suiteTemplate, welcomeText } from './init/init-policy.ts';
import { configJsonSchema, configTemplate } from './init/init-template.ts';
import { readingVerb } from './reading-verb.ts';
import { seeHelp } from './report.ts';
import { exit, type Terminal } from './verb.ts';

const help = `Usage: sallyport init [DIR] [--force] [--json]
       sallyport init --schema

Writes a configuration that explains itself, a first policy with its tests, and a folder
for the example upstream to serve. Files that exist are left as they are.

DIR is made where it doesn't exist. Default: the current folder

  --force    overwrite files that exist
  --json     print one JSON object instead
  --schema   write nothing; the same as "sallyport schema config"

Exit code: 0 something was written, 1 nothing was, because all exists, 2 it cannot write.

Example:
  $ sallyport init gate && cd gate && sallyport serve --dev
`;

const options = {
  force: { type: 'boolean', default: false },
  schema: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** `sallyport init`: the files to begin with. */
export const init = readingVerb('init', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    if (positionals.length > 1) {
      throw new GateError('USAGE', '"init" takes one folder', { hint: seeHelp('init') });
    }
    if (values.schema) {
      terminal.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
      return exit.fine;
    }
    const [folder = '.'] = positionals;
    const report = write(folder, values.force, terminal.cwd);
    if (values.json) terminal.out(`${JSON.stringify(report, null, 2)}\n`);
    else print(report, folder, terminal);
    return report.written.length > 0 ? exit.fine : exit.found;
  },
});

interface Report {
  readonly written: readonly string[];
  /** Files that were there and stay as they are. */
  readonly existing: readonly string[];
}

function write(folder: string, force: boolean, cwd: string): Report {
  const files = {
    'sallyport.yaml': configTemplate(),
    'policies/default.yaml': policyTemplate,
    'policies/default_test.yaml': suiteTemplate,
    'files/welcome.txt': welcomeText,
  };
  const written: string[] = [];
  const existing: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    const isNew = writeText(resolve(cwd, path), text, force);
    (isNew ? written : existing).push(path);
  }
  return { written, existing };
}

/** @returns false where the file exists and stays as it is */
function writeText(path: string, text: string, force: boolean): boolean {
  try {
    if (existsSync(path) && !force) return false;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' });
    return true;
  } catch (cause) {
    throw new GateError('FILE_UNWRITABLE', `cannot write ${path}: ${messageOf(cause)}`, { cause });
  }
}

function print({ written, existing }: Report, folder: string, terminal: Terminal): void {
  for (const path of written) terminal.out(`wrote ${path}\n`);
  for (const path of existing) terminal.err(`${path} exists; left as it is\n`);
  if (written.length === 0) {
    terminal.err('nothing was written; --force overwrites\n');
    return;
  }
  const enter = folder === '.' ? '' : `  cd ${folder}\n`;
  terminal.out(`
Next:
${enter}  sallyport check         find what is wrong with the policies
  sallyport test          run their tests
  sallyport serve --dev   run the gate, with an issuer to try it out
`);
}
