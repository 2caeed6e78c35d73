import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { newKeyFile } from '../../config/key-source-file.ts';
import { masterKeyKind } from '../../config/key-source-master.ts';
import { newSecretText } from '../../config/key-source-secret.ts';
import { GateError } from '../../model/errors.ts';
import { visible, visibleJson } from '../../model/visible.ts';
import { newProofKey, proofKeysOf, publicPemOf } from '../../store/proof/proof-key.ts';
import { masterKeyName } from '../../store/seal/master-keys.ts';
import { readingVerb } from '../reading-verb.ts';
import { seeHelp } from '../report.ts';
import { exit } from '../verb.ts';

const help = `Usage: sallyport keys new [--proof] [--json] FILE

Makes a master key of originals: 32 random bytes in base64, in a new file that only its owner
may read. It prints the key's name, by which "sallyport keys list" calls it.

  --proof            make a key that signs the proof (Ed25519) instead, and put its public key
                     beside it: for KEY.key that is KEY.pub. It is for everybody who verifies
  --json             print one JSON object instead

Exit code: 0 made, 2 wrong use, or the file is there already or cannot be written.

Example:
  $ sallyport keys new transcripts-2027.key
`;

const options = {
  proof: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;
const NAME = 'keys new';

/** A key that was made: its name, and its files. */
interface Made {
  readonly name: string;
  readonly file: string;
  readonly publicFile?: string;
}

/** `sallyport keys new`: makes a key file. */
export const newKey = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const [file] = positionals;
    if (!file || positionals.length > 1) {
      throw new GateError('USAGE', `"${NAME}" needs one file`, { hint: seeHelp(NAME) });
    }
    const path = resolve(terminal.cwd, file);
    const made = values.proof ? makeProofKey(path) : makeMasterKey(path);
    if (values.json) {
      terminal.out(`${visibleJson({ ...made }, 2)}\n`);
      return exit.fine;
    }
    const { name, publicFile } = made;
    const what = values.proof ? 'signs the proof as' : 'is the master key';
    terminal.out(`${visible(made.file)} ${what} ${name}\n`);
    if (publicFile)
      terminal.out(`${visible(publicFile)} is its public key, for those who verify\n`);
    return exit.fine;
  },
});

function makeMasterKey(file: string): Made {
  const text = newSecretText();
  const key = masterKeyKind.parse(text);
  if (!key || !write(file, text)) throw isThere(file);
  return { name: masterKeyName(key), file };
}

function makeProofKey(file: string): Made {
  const pem = newProofKey();
  const shown = publicPemOf(pem);
  const publicFile = `${file.replace(/\.key$/, '')}.pub`;
  if (existsSync(file)) throw isThere(file);
  // The public one first: a private key is never without it.
  if (!write(publicFile, shown, 0o644)) throw isThere(publicFile);
  if (!write(file, pem)) throw isThere(file);
  const [name = ''] = proofKeysOf(shown).keys();
  return { name, file, publicFile };
}

function write(file: string, text: string, mode?: number): boolean {
  return newKeyFile(file, text, { name: 'new key', code: 'FILE_UNWRITABLE' }, mode);
}

function isThere(file: string): GateError {
  return new GateError('FILE_UNWRITABLE', `${file} is there already`, {
    hint: 'name another file: what was sealed with a key that is gone can never be read',
  });
}
