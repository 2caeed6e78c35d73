import { CompactSign, compactVerify, errors } from 'jose';
import * as z from 'zod';
import { documentLimits } from '../../document/yaml.ts';
import { GateError, messageOf } from '../../model/errors.ts';
import type { PolicySource } from '../../policy/compile.ts';
import { isHidden, isPolicyName, policyFileLimits } from '../policy-files.ts';
import type { PushKey } from './push-key.ts';

/** Policy files that somebody signed: a JWS (RFC 7515) in its compact form over JSON. */
export interface PolicyBundle {
  readonly apiVersion: typeof BUNDLE_VERSION;
  /** When it was made, in ISO 8601. A gate takes none that is older than one it had. */
  readonly createdAt: string;
  readonly files: readonly PolicySource[];
  /** What it is, for people: a commit, a ticket. */
  readonly note?: string | undefined;
}

export const BUNDLE_VERSION = 'sallyport/v1';
/** Type of the signed JSON: keeps a signature that the key made for something else from passing for one of a bundle. */
const TYPE = 'sallyport-bundle+jws';
/** Most bytes of a bundle as it is sent: 16 MiB of files, as JSON and base64. */
export const BUNDLE_BYTES = 25_165_824;

const schema = z.strictObject({
  apiVersion: z.literal(BUNDLE_VERSION),
  createdAt: z.iso.datetime(),
  files: z
    .array(z.strictObject({ file: z.string().max(1_024), text: z.string() }))
    .max(policyFileLimits.files),
  note: z.string().max(500).optional(),
});

/** Signs files. */
export function signBundle(bundle: PolicyBundle, { kid, key }: PushKey): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(bundle)))
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: TYPE })
    .sign(key);
}

/** A bundle whose signature holds, and whose key made it. */
export interface OpenedBundle {
  readonly bundle: PolicyBundle;
  readonly kid: string;
}

/**
 * Verifies a signature, and only then looks at what was signed.
 *
 * @throws GateError BUNDLE_SIGNATURE: none of the keys made it; BUNDLE_INVALID
 */
export async function openBundle(jws: Uint8Array, keys: readonly PushKey[]): Promise<OpenedBundle> {
  const { payload, protectedHeader } = await verified(jws, keys);
  const { typ, kid = '' } = protectedHeader;
  if (typ !== TYPE) throw invalid(`what is signed is not of the type ${TYPE}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (error) {
    throw invalid(`what is signed is no JSON: ${messageOf(error).slice(0, 100)}`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  checkFiles(parsed.data.files);
  return { bundle: parsed.data, kid };
}

async function verified(jws: Uint8Array, keys: readonly PushKey[]) {
  try {
    return await compactVerify(
      jws,
      ({ kid }) => {
        const known = keys.find((one) => one.kid === kid);
        if (known) return known.key;
        throw signature('the bundle is signed by a key that is not one of policies.pushed.keys');
      },
      { algorithms: ['EdDSA', 'Ed25519'] },
    );
  } catch (error) {
    if (error instanceof GateError) throw error;
    if (error instanceof errors.JWSInvalid) throw invalid('it is no JWS in its compact form');
    throw signature('the signature of the bundle does not hold');
  }
}

/** Names only stand in messages, but one that leads elsewhere is no name of a policy file. */
function checkFiles(files: readonly PolicySource[]): void {
  const seen = new Set<string>();
  let bytes = 0;
  for (const { file, text } of files) {
    const name = JSON.stringify(file);
    const parts = file.split('/');
    const isOdd = parts.some((part) => part === '' || part === '.' || part === '..');
    if (isOdd || /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\\]/u.test(file))
      throw invalid(`${name} is no relative path`);
    if (parts.some(isHidden) || !isPolicyName(file)) throw invalid(`${name} names no policy file`);
    if (seen.has(file)) throw invalid(`${name} is there twice`);
    seen.add(file);
    const size = Buffer.byteLength(text);
    bytes += size;
    if (size > documentLimits.bytes || bytes > policyFileLimits.bytes) {
      throw new GateError('BUNDLE_TOO_LARGE', `the bundle is too large at ${name}`);
    }
  }
}

function invalid(why: string): GateError {
  return new GateError('BUNDLE_INVALID', `the bundle is malformed: ${why}`, {
    hint: 'make it with "sallyport push"',
  });
}

function signature(why: string): GateError {
  return new GateError('BUNDLE_SIGNATURE', why, {
    hint: 'sign it with one of the keys in policies.pushed.keys',
  });
}
