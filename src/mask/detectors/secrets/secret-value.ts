import { entropy, looksRandom } from './looks-random.ts';
import { isPlaceholder } from './placeholder.ts';
import { type SecretName, secretName } from './secret-name.ts';

/** How a value is written beside its name. */
export interface ValueContext {
  readonly name: SecretName;
  /** In quotes, or the whole of a field: nothing else is part of it. */
  readonly whole: boolean;
  /** A sign stands between name and value, not a word such as `is`. */
  readonly sign: boolean;
  /** A little of what comes after. */
  readonly after: string;
}

const MIN_PASSWORD = 3;
const MIN_KEY = 8;
const MAX_NAME = 40;
const NAME = /^[\p{L}\p{M}\d_.$-]+$/u;
const KEY = /^[\w+/=.~:%@$!#*{}|&^,;-]+$/;
const LETTERS = /^[\p{L}\p{M}]+$/u;
/** Names of variables and members: `req.body.password`, `config::db`, `this->x`. */
const IN_CODE = /^[A-Za-z_$][\w$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*)+(?:$|[^\w$@#!%*~^-])/;
/** Operators, and brackets that close before others open. */
const OPERATORS = /&&|\|\||\?\?|[=!]==|=>|[)}\]][;,]?[({,)]|;\w{1,40}\(/;
const CALL = /^(?:[\w.$:>#-]{0,80}[([{]|\/[\^[(\\])/;
const PATH = /^(?:[.~]{0,2}\/[\w.@/-]+|[A-Za-z]:\\[\w\\.-]+)$/;
const URL = /^[a-z][a-z0-9+.-]{1,20}:\/\//i;
const DATE = /^\d{4}-\d\d-\d\d(?:$|[T ]\d\d:)/;
const VERSION = /^v?\d{1,5}(?:\.\d{1,6}){1,3}(?:[-+][\w.]{1,20})?$/;
const DIGEST = /^(?:sha\d{1,3}|md5|blake2b?)[-:=]/i;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const NUMBERED_WORD = /^[A-Za-z]+[-_]?\d{1,2}$/;
const GOES_ON = /^[ \t]+[\p{L}]{2,}/u;
/** Two dots and more: a version in a list of packages, whatever the package is called. */
const RELEASE = /^[\^~]?v?\d{1,5}(?:\.\d{1,6}){2,3}$/;
const ENDS_STATEMENT = /^\s?(?:<[A-Z]|[;)?+*]|&&|\|\||[=!]=|\}[;)])/;

/** True of a value that is the secret its name speaks of. */
export function isSecretValue(value: string, context: ValueContext): boolean {
  if (/[\r\n]/.test(value) || isPlaceholder(value)) return false;
  if (isPath(value) || URL.test(value) || DATE.test(value)) return false;
  if (!context.whole && (IN_CODE.test(value) || CALL.test(value) || OPERATORS.test(value)))
    return false;
  return context.name === 'password' ? isPassword(value, context) : isKey(value, context);
}

function isPassword(value: string, { whole, sign, after }: ValueContext): boolean {
  if (value.length < MIN_PASSWORD || isName(value) || RELEASE.test(value)) return false;
  if (/\s/.test(value)) return isPassphrase(value);
  if (!LETTERS.test(value)) return sign || /\d/.test(value) || isDrawn(value);
  // A single word without quotes may as well be prose, or a variable.
  if (whole && sign) return true;
  if (!sign || GOES_ON.test(after) || ENDS_STATEMENT.test(after)) return isDrawn(value);
  return true;
}

/** What is called like a secret is another name of one: `newPassword`. */
function isName(value: string): boolean {
  return value.length <= MAX_NAME && NAME.test(value) && secretName(value) !== undefined;
}

/** Letters of both cases in no order that a word has. */
function isDrawn(letters: string): boolean {
  return (letters.match(/[a-z][A-Z]/g)?.length ?? 0) >= letters.length / 8 && looksRandom(letters);
}

/** Words of a person's choice; not a label, a hint or a sentence of a form. */
function isPassphrase(value: string): boolean {
  const words = value.split(/\s+/);
  if (words.some((word) => secretName(word) !== undefined)) return false;
  if (/\d/.test(value) && words.length <= 8) return true;
  return words.length >= 3 && words.length <= 8 && words.every((word) => /^[a-z]{2,}$/.test(word));
}

function isKey(value: string, { whole, sign }: ValueContext): boolean {
  if (
    value.length < MIN_KEY ||
    !KEY.test(value) ||
    (!/\d/.test(value) && (!whole || value.length < 16))
  )
    return false;
  if (!/\d/.test(value) && !isDrawn(value)) return false;
  if (VERSION.test(value) || DIGEST.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (NUMBERED_WORD.test(value) && !whole) return false;
  if (UUID.test(value)) return sign;
  return looksRandom(value) && (whole || value.length >= 12) && entropy(value) > 2.5;
}

/** Base64 may begin with a slash as well. */
function isPath(value: string): boolean {
  return PATH.test(value) && !(/[A-Z]/.test(value) && /\d/.test(value) && looksRandom(value));
}
