import { createReadStream } from 'node:fs';
import { GateError, messageOf } from '../../model/errors.ts';
import { LineVerifier } from '../../store/proof/line-verifier.ts';
import { proofKeysOf } from '../../store/proof/proof-key.ts';
import type { ProofReport } from '../../store/proof/report.ts';
import type { Terminal } from '../verb.ts';
import type { FileToVerify } from './file.ts';

/** Bytes of one line. */
const MOST = 134_217_728;

/**
 * Verifies an exported proof.
 *
 * @returns a rejection (GateError PROOF_UNREADABLE) where the file is none
 */
export async function verifyLines(
  { path, name }: FileToVerify,
  keys: string,
  { input, signal }: Terminal,
): Promise<ProofReport> {
  const verifier = new LineVerifier(proofKeysOf(keys));
  let number = 0;
  try {
    for await (const line of linesOf(path === '-' ? input : createReadStream(path))) {
      signal.throwIfAborted();
      number++;
      if (number === 1) checkHeader(line, name);
      else if (line !== '') add(verifier, number, line);
    }
  } catch (cause) {
    if (cause instanceof GateError) throw cause;
    throw new GateError('PROOF_UNREADABLE', `cannot read ${name}: ${messageOf(cause)}`, { cause });
  }
  if (number === 0) throw noProof(name);
  return verifier.report();
}

function add(verifier: LineVerifier, number: number, line: string): void {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return verifier.unreadable(number, 'it is no JSON');
  }
  verifier.add(number, value);
}

function checkHeader(line: string, name: string): void {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw noProof(name);
  }
  const { type, version } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (type !== 'proof') throw noProof(name);
  if (version === 1) return;
  const message = `${name} has a proof of version ${String(version)}, which this sallyport does not know`;
  throw new GateError('PROOF_UNREADABLE', message);
}

function noProof(name: string): GateError {
  return new GateError('PROOF_UNREADABLE', `${name} holds no exported proof`, {
    hint: '"sallyport transcripts export --format proof" writes one',
  });
}

async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    let from = 0;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
      yield Buffer.concat([...rest, bytes.subarray(from, end)]).toString('utf8');
      [rest, size, from] = [[], 0, end + 1];
    }
    size += bytes.length - from;
    if (size > MOST) throw new Error(`a line has more than ${MOST} bytes`);
    if (from < bytes.length) rest.push(Buffer.from(bytes.subarray(from)));
  }
  if (size > 0) yield Buffer.concat(rest).toString('utf8');
}
