import { hash } from 'node:crypto';
import { keccakP } from '@noble/hashes/sha3.js';
import type { Detector, Span } from '../../detector.ts';
import { digitWords } from '../context/digit-words.ts';
import { topicsAround } from '../context/topics.ts';
import { inVisible } from '../context/visible-text.ts';
import { BITCOIN_ALPHABET, base58Decoder } from './base58.ts';
import { isBech32 } from './bech32.ts';

const SHORTEST = 25;
const LONGEST = 64;
const CHECKED_BYTES = 25;
const CHECK_BYTES = 4;
const LONGEST_CHECKED = 36;
const ETHEREUM_LENGTH = 42;
const SEGWIT_BEGINNINGS = 'bBtTlL';
const SHORTEST_SEGWIT = 30;
const SOLANA_BYTES = 32;
/** 32 bytes that don't begin with several zeros. */
const SHORTEST_SOLANA = 42;
const LONGEST_SOLANA = 44;
const ETHEREUM = /^0[xX](?:[\da-f]{40}|[\dA-F]{40}|[\da-fA-F]{40})$/;
const SEGWIT = /^(?:bc|tb|bcrt|ltc|tltc)1[a-z0-9]{25,}$/i;
const SOLANA = /^(?=.*[a-z])(?=.*[A-Z])[1-9A-HJ-NP-Za-km-z]+$/;

const KECCAK_RATE = 136;
const keccakState = new Uint32Array(50);
const keccakBytes = new Uint8Array(keccakState.buffer);

const bitcoin = base58Decoder(BITCOIN_ALPHABET);
const ripple = base58Decoder('rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz');

interface Kind {
  readonly decode: typeof bitcoin;
  /** First bytes of the addresses that begin with the character. */
  readonly versions: readonly number[];
}
/** Addresses with a checksum of 32 bits (base58check), by the character that they begin with. */
const CHECKED: ReadonlyMap<string, Kind> = new Map([
  ['1', { decode: bitcoin, versions: [0x00] }],
  ['3', { decode: bitcoin, versions: [0x05] }],
  ['m', { decode: bitcoin, versions: [0x6f] }],
  ['n', { decode: bitcoin, versions: [0x6f] }],
  ['2', { decode: bitcoin, versions: [0xc4] }],
  ['L', { decode: bitcoin, versions: [0x30] }],
  ['M', { decode: bitcoin, versions: [0x30, 0x32] }],
  ['T', { decode: bitcoin, versions: [0x41] }],
  ['D', { decode: bitcoin, versions: [0x1e] }],
  ['X', { decode: bitcoin, versions: [0x4c] }],
  ['r', { decode: ripple, versions: [0x00] }],
]);

/**
 * Addresses of crypto wallets. By their checksum alone: Bitcoin, Litecoin, Dogecoin, Dash, Tron and
 * XRP (base58check), Bitcoin and Litecoin segwit and taproot (bech32, bech32m); test networks of
 * Bitcoin too. Ethereum and its kin (0x and 40 hex digits): with capitals and small letters mixed
 * if the checksum of EIP-55 is right or a word is near; all in one case have no checksum and are
 * taken by their form, so another value of 20 bytes written that way is taken too. Solana, which
 * has no checksum, only where a word ("wallet", "Solana") or the field says so. Not found: Monero,
 * Cardano, Polkadot, names such as `ana.eth`.
 */
export const cryptoWallet: Detector = {
  name: 'crypto-wallet',
  needs: { length: SHORTEST, digits: 1 },
  find: inVisible(findWallets),
};

function findWallets(text: string, field?: string): Span[] {
  const { count, longest, starts, lengths } = digitWords(text);
  const spans: Span[] = [];
  if (longest < SHORTEST) return spans;
  for (let word = 0; word < count; word++) {
    const length = lengths[word] as number;
    if (length < SHORTEST || length > LONGEST) continue;
    const start = starts[word] as number;
    if (isWallet(text, start, start + length, field)) spans.push({ start, end: start + length });
  }
  return spans;
}

function isWallet(text: string, start: number, end: number, field: string | undefined): boolean {
  const size = end - start;
  const first = text.charAt(start);
  if (size <= LONGEST_CHECKED && CHECKED.has(first)) {
    if (hasChecksum(text.slice(start, end))) return true;
  }
  if (size === ETHEREUM_LENGTH && first === '0') {
    const word = text.slice(start, end);
    if (!ETHEREUM.test(word)) return false;
    return isOneCase(word) || isEip55(word) || isNear(text, start, end, field);
  }
  if (SEGWIT_BEGINNINGS.includes(first) && size >= SHORTEST_SEGWIT) {
    const word = text.slice(start, end);
    if (SEGWIT.test(word) && isBech32(word)) return true;
  }
  if (size < SHORTEST_SOLANA || size > LONGEST_SOLANA) return false;
  return isNear(text, start, end, field) && isSolana(text.slice(start, end));
}

function isNear(text: string, start: number, end: number, field: string | undefined): boolean {
  return topicsAround(text, start, end, field).near.includes('crypto-wallet');
}

function hasChecksum(word: string): boolean {
  const kind = CHECKED.get(word.charAt(0));
  const bytes = kind?.decode(word, CHECKED_BYTES);
  if (!bytes || !kind?.versions.includes(bytes[0] ?? -1)) return false;
  const body = bytes.subarray(0, CHECKED_BYTES - CHECK_BYTES);
  const once = Buffer.from(hash('sha256', body, 'hex'), 'hex');
  const check = Buffer.from(bytes.subarray(CHECKED_BYTES - CHECK_BYTES)).toString('hex');
  return hash('sha256', once, 'hex').startsWith(check);
}

function isOneCase(word: string): boolean {
  const hex = word.slice(2);
  return hex === hex.toLowerCase() || hex === hex.toUpperCase();
}

/** EIP-55: a letter is a capital where the digit of the hash in its place is 8 or more. */
function isEip55(word: string): boolean {
  const hex = word.slice(2);
  const digest = keccak256(hex.toLowerCase());
  for (let i = 0; i < hex.length; i++) {
    const code = hex.charCodeAt(i);
    if (code < 65) continue;
    const nibble = ((digest[i >> 1] ?? 0) >> (i % 2 === 0 ? 4 : 0)) & 15;
    if (nibble >= 8 !== code < 97) return false;
  }
  return true;
}

/** Keccak-256 of up to 135 ASCII characters: one block, with the padding of before SHA-3. */
function keccak256(ascii: string): Uint8Array {
  keccakBytes.fill(0);
  for (let i = 0; i < ascii.length; i++) keccakBytes[i] = ascii.charCodeAt(i);
  keccakBytes[ascii.length] = 1;
  keccakBytes[KECCAK_RATE - 1] = (keccakBytes[KECCAK_RATE - 1] ?? 0) | 0x80;
  keccakP(keccakState);
  return keccakBytes;
}

function isSolana(word: string): boolean {
  return SOLANA.test(word) && bitcoin(word, SOLANA_BYTES) !== undefined;
}
