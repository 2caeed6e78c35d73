import { GateError } from '../../model/errors.ts';

/** The newest block at some time, to keep where whoever can change the transcripts cannot. */
export interface Checkpoint {
  readonly last: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** 32 bytes. */
  readonly link: Buffer;
  readonly signer: string;
  readonly signature: Buffer;
}

const FORM = /^sallyport\.1\.(\d{1,16})\.(\d{1,16})\.([\w-]{43})\.([0-9a-f]{16})\.([\w-]{86})$/;

/** One word. It tells nothing of what was recorded but how much, and when. */
export function checkpointText({ last, at, link, signer, signature }: Checkpoint): string {
  const [digest, proof] = [link.toString('base64url'), signature.toString('base64url')];
  return `sallyport.1.${last}.${at}.${digest}.${signer}.${proof}`;
}

/** @throws GateError USAGE where it is none */
export function readCheckpoint(text: string): Checkpoint {
  const [, last, at, link = '', signer = '', signature = ''] = FORM.exec(text.trim()) ?? [];
  if (last === undefined) {
    const hint = 'it is the line that "sallyport verify" printed, beginning with "sallyport.1."';
    throw new GateError('USAGE', 'that is no checkpoint text', { hint });
  }
  return {
    ...{ last: Number(last), at: Number(at), link: Buffer.from(link, 'base64url') },
    ...{ signer, signature: Buffer.from(signature, 'base64url') },
  };
}
