import type { Span } from '../../detector.ts';
import { looksRandom } from './looks-random.ts';
import type { Mark, SecretKind } from './mark.ts';
import { wordBegins } from './word-begins.ts';

/** What stands before and after a mark in a key, and the mark itself counts as its middle. */
interface Around {
  readonly word: string;
  /** Characters of the key before the mark. */
  readonly before: number;
  readonly pattern: RegExp;
}

// Keys that Microsoft marks in the middle, so that they can be told from other base64
// (https://github.com/microsoft/security-utilities, "common annotated security keys").
const around: readonly Around[] = [
  // Client secrets of Entra ID applications.
  ...[...'0123456789'].map((digit) => ({
    word: `${digit}Q~`,
    before: 3,
    pattern: /[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w~-])/y,
  })),
  {
    word: 'JQQJ9',
    before: 52,
    pattern: /[0-9A-Za-z]{52}JQQJ9[9DH][0-9A-Za-z]{26}(?:[0-9A-Za-z]{2}==)?(?![0-9A-Za-z])/y,
  },
  { word: '+ASt', before: 76, pattern: /[0-9A-Za-z+/]{76}\+ASt[0-9A-Za-z+/]{5}[AQgw]==/y },
  { word: 'AzFu', before: 44, pattern: /[\w-]{44}AzFu[\w-]{5}[AQgw]==/y },
  { word: 'AzSe', before: 42, pattern: /[0-9A-Za-z]{42}AzSe[A-D][0-9A-Za-z]{5}(?![0-9A-Za-z])/y },
  {
    word: '+ASb',
    before: 33,
    pattern: /[0-9A-Za-z+/]{33}\+ASb[0-9A-Za-z+/]{5}[AEIMQUYcgkosw048]=/y,
  },
  {
    word: '+AEh',
    before: 33,
    pattern: /[0-9A-Za-z+/]{33}\+AEh[0-9A-Za-z+/]{5}[AEIMQUYcgkosw048]=/y,
  },
  {
    word: '+ARm',
    before: 33,
    pattern: /[0-9A-Za-z+/]{33}\+ARm[0-9A-Za-z+/]{5}[AEIMQUYcgkosw048]=/y,
  },
  {
    word: '+ACR',
    before: 42,
    pattern: /[0-9A-Za-z+/]{42}\+ACR[A-D][0-9A-Za-z+/]{5}(?![0-9A-Za-z+/])/y,
  },
];

// The parts of connection strings and of addresses with a shared access signature: what follows the name is secret.
const AFTER_NAME = /\s{0,2}["']?\s{0,2}[=:]\s{0,2}["']?([A-Za-z0-9+/%]{28,120}={0,2})/dy;
const names = ['AccountKey', 'SharedAccessKey', 'SharedSecretValue', 'SharedAccessSignature'];
const SIGNATURE = /sig=([A-Za-z0-9+/%_-]{40,100}={0,2})/dy;
/** A signature belongs to an address that says of when and for what it is. */
const SIGNED = /[?&;](?:sv|se|sp|sr|skn|st)=/;
const SIGNED_REACH = 600;

/**
 * Keys of Microsoft Azure: account keys in connection strings, shared access signatures, client secrets of Entra ID
 * applications, and keys that carry the mark of the service they are for.
 */
export const azureKey: SecretKind = {
  name: 'azure-key',
  needs: { length: 28 },
  marks: [
    ...around.map(
      ({ word, before, pattern }): Mark => ({
        word,
        inside: true,
        spanAt: (text, at, floor) => aroundMark(text, at - before, floor, pattern),
      }),
    ),
    ...names.map(
      (word): Mark => ({
        word,
        anyCase: true,
        spanAt: (text, at) => group(text, at + word.length, AFTER_NAME),
      }),
    ),
    {
      word: 'sig=',
      spanAt(text, at) {
        const address = text.slice(Math.max(0, at - SIGNED_REACH), at + SIGNED_REACH);
        const span = group(text, at, SIGNATURE);
        return span && SIGNED.test(address) ? span : undefined;
      },
    },
  ],
};

function aroundMark(text: string, start: number, floor: number, pattern: RegExp): Span | undefined {
  if (start < floor || !wordBegins(text, start) || /[_~+]/.test(text.charAt(start - 1))) {
    return undefined;
  }
  pattern.lastIndex = start;
  const found = pattern.exec(text)?.[0];
  return found !== undefined && looksRandom(found)
    ? { start, end: start + found.length }
    : undefined;
}

function group(text: string, from: number, pattern: RegExp): Span | undefined {
  pattern.lastIndex = from;
  const found = pattern.exec(text)?.indices?.[1];
  return found && looksRandom(text.slice(...found))
    ? { start: found[0], end: found[1] }
    : undefined;
}
