import type { Span } from '../../detector.ts';
import { assignmentAt } from './assignment.ts';
import type { Mark, SecretKind } from './mark.ts';
import { nameAround } from './name-around.ts';
import { type SecretName, secretName } from './secret-name.ts';
import { isSecretValue } from './secret-value.ts';

/** A password or key is not longer; a longer value is text, in which marks are looked for. */
const MAX_FIELD = 2000;
const MAX_NAME = 200;
const LOOK_AFTER = 24;
/** A value that long, and no secret, is not looked through again for names in it. */
const LONG = 64;
const KEY = /^[\w+/=.~:%@$!#*-]+/;

/** Words that names of secrets have in them, in several languages. */
const inNames = [
  ...[
    'pass',
    'pwd',
    'secret',
    'token',
    'key',
    'credential',
    'creds',
    'sessid',
    'jsessionid',
    'connect.sid',
  ],
  ...[
    'kennwort',
    'contrase',
    'senha',
    'clave',
    'mdp',
    'wachtwoord',
    'lösenord',
    'losenord',
    'adgangskode',
  ],
  ...[
    'kodeord',
    'salasana',
    'heslo',
    'hasło',
    'haslo',
    'jelsz',
    'şifre',
    'sifre',
    'parola',
    'lozinka',
    'geslo',
  ],
  'пароль',
];
/** Names of several words, and those of languages that put no blanks between words. */
const wholeNames = [
  ...['パスワード', '暗証番号', '비밀번호', 'סיסמה', 'पासवर्ड', 'รหัสผ่าน'],
  ...['mot de passe', 'mật khẩu', 'kata sandi', 'palabra clave', 'κωδικός πρόσβασης'],
  ...['كلمة المرور', 'كلمة السر', 'identified by', 'api key', 'access token', 'secret key'],
  ...['access key', 'client secret', 'auth token', 'private key', 'api token'],
];
/** Such names of two characters, and what follows them where they have a value. */
const shortNames = ['密码', '密碼', '口令', '암호'];
const signs = [...'：:＝= 是为為は"\''];
const KEY_WORDS = /key|token|secret/i;

/**
 * Passwords, keys and tokens that only their name tells: what a field of such a name holds, and in text
 * `NAME=value`, `name: value`, `"name": "value"`, `<name>value</name>`, `--name value` and `password is value`.
 * A password may be any word; a key must look as if a machine had drawn it. What stands in for a value
 * (`${PASSWORD}`, `<password>`, `changeme`, `xxxx`, `env:NAME`, `null`) is none.
 */
export const keyedSecret: SecretKind = {
  name: 'keyed-secret',
  needs: { length: 3 },
  marks: [
    ...inNames.map((word) => partMark(word)),
    ...wholeNames.map((word) => wholeMark(word)),
    ...shortNames.flatMap((name) => signs.map((sign) => wholeMark(name + sign, name.length))),
  ],
  inField(text, field) {
    const name = nameIn(field);
    if (name === undefined || text.length > MAX_FIELD) return undefined;
    return isSecretValue(text, { name, whole: true, sign: true, after: '' })
      ? { start: 0, end: text.length }
      : undefined;
  },
};

// Rows have the same names again and again. No value is kept, and no more names than a table has.
const MAX_NAMES = 4096;
const known = new Map<string, SecretName | undefined>();

function nameIn(name: string): SecretName | undefined {
  if (known.has(name)) return known.get(name);
  if (known.size >= MAX_NAMES) known.clear();
  const says = name.length > MAX_NAME ? undefined : secretName(name);
  known.set(name, says);
  return says;
}

/** A word that stands in names. */
function partMark(word: string): Mark {
  return {
    word,
    anyCase: true,
    inside: true,
    spanAt(text, at) {
      const around = nameAround(text, at, word.length);
      if (typeof around === 'number') return around;
      const name = nameIn(text.slice(around.start, around.end));
      // The words of one name all say the same.
      return name === undefined ? around.end : assigned(text, around, name);
    },
  };
}

/** A word, and what may follow it, that is a whole name wherever it stands. */
function wholeMark(word: string, length = word.length): Mark {
  const name: SecretName = KEY_WORDS.test(word) ? 'key' : 'password';
  return {
    word,
    anyCase: true,
    inside: true,
    spanAt: (text, at) => assigned(text, { start: at, end: at + length }, name),
  };
}

function assigned(text: string, around: Span, name: SecretName): Span | number | undefined {
  const found = assignmentAt(text, around.start, around.end);
  if (found === undefined) return undefined;
  const { start, quoted, sign } = found;
  const written = text.slice(start, found.end);
  // A key has only so many characters: what comes after them belongs to the text around it.
  const value = name === 'key' && !quoted ? (KEY.exec(written)?.[0] ?? '') : written;
  const end = start + value.length;
  const after = text.slice(end, end + LOOK_AFTER);
  if (isSecretValue(value, { name, whole: quoted, sign, after })) return { start, end };
  return value.length > LONG ? end : undefined;
}
