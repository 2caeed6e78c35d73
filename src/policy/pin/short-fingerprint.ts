/** Digits by which logs and people name a definition: too many for a server to make two definitions that share them. */
const SHORT = 32;
const NAMED = /^(?<tool>.+)@(?<digits>[0-9a-f]{32,64})$/s;

/** A fingerprint as the 64 hexadecimal digits of its SHA-256. */
export function fingerprintDigits(fingerprint: string): string {
  return Buffer.from(fingerprint.replace(/^sha256-/, ''), 'base64url').toString('hex');
}

/** The first digits of a fingerprint. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprintDigits(fingerprint).slice(0, SHORT);
}

/** True where digits, 32 or more of them, are the first of a fingerprint. */
export function isFingerprint(fingerprint: string, digits: string): boolean {
  return digits.length >= SHORT && fingerprintDigits(fingerprint).startsWith(digits);
}

/** Reads `query@0123…`; without digits, all of it is the name of the tool. */
export function namedDefinition(text: string): { tool: string; digits?: string } {
  const { tool, digits } = NAMED.exec(text)?.groups ?? {};
  return tool === undefined || digits === undefined ? { tool: text } : { tool, digits };
}
