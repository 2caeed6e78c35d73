/**
 * What the name of a field or variable says of its value: a password may be any word, a key or token is something
 * that a machine has drawn.
 */
export type SecretName = 'password' | 'key';

/** Words for a password that stand alone or end a name. */
const passwords = new Set([
  ...['password', 'passwd', 'passphrase', 'passcode', 'pwd', 'psw', 'passw', 'pword'],
  ...[
    'passwort',
    'kennwort',
    'contraseña',
    'contrasena',
    'contrasenya',
    'senha',
    'motdepasse',
    'mdp',
  ],
  ...[
    'wachtwoord',
    'lösenord',
    'losenord',
    'adgangskode',
    'kodeord',
    'passord',
    'salasana',
    'heslo',
  ],
  ...[
    'hasło',
    'haslo',
    'jelszó',
    'jelszo',
    'şifre',
    'sifre',
    'parola',
    'parole',
    'lozinka',
    'geslo',
  ],
  ...[
    'пароль',
    'κωδικός',
    '密码',
    '密碼',
    '口令',
    'パスワード',
    '暗証番号',
    '비밀번호',
    '암호',
    'סיסמה',
    'पासवर्ड',
    'รหัสผ่าน',
  ],
]);
const PASSWORD_END = /(?:password|passwd|passphrase|passcode|passwort|kennwort|passw|pwd)$/;
/** Languages that put endings on the word: `lösenordet`, `hasłem`, `şifreniz`. */
const PASSWORD_STEM =
  /^(?:l[öo]senord|passord|adgangskode|kodeord|salasana|has[łl][oaeu]|hesl[oaeu]|jelsz|şifre|parola|парол|κωδικ)\p{L}{0,6}$/u;
/** `pass` alone may be a test that passed; of a user or a server it is a password. */
const OF_A_LOGIN =
  /^(?:db|user|usr|admin|root|smtp|mail|email|ftp|ssh|ldap|sql|mysql|pg|postgres|redis|mongo|amqp|proxy|basic|http|auth|login|my|account|keystore|truststore|key|pem|sudo|wifi|vpn)$/;
const LOGIN_PASS =
  /^(?:db|user|usr|admin|root|smtp|mail|ftp|ssh|ldap|sql|mysql|pg|my|auth|key)pass$/;

const keys = new Set([
  ...['secret', 'secrets', 'credential', 'credentials', 'creds', 'apikey', 'apitoken', 'authtoken'],
  ...['accesstoken', 'refreshtoken', 'secretkey', 'privatekey', 'accesskey', 'clave', 'pass'],
  ...['sessiontoken', 'bearertoken', 'jwt', 'phpsessid', 'jsessionid', 'sessid', 'passkey', 'totp'],
]);
const KEY_END =
  /(?:secret|apikey|authkey|secretkey|privatekey|accesskey|authtoken|accesstoken|apitoken)$/;
const KEY_OF = new Set([
  ...[
    'api',
    'app',
    'application',
    'secret',
    'private',
    'access',
    'account',
    'auth',
    'authorization',
  ],
  ...[
    'service',
    'encryption',
    'encrypt',
    'decryption',
    'signing',
    'sign',
    'master',
    'client',
    'admin',
  ],
  ...[
    'storage',
    'shared',
    'session',
    'jwt',
    'hmac',
    'aes',
    'crypto',
    'cipher',
    'webhook',
    'deploy',
  ],
  ...[
    'subscription',
    'write',
    'read',
    'ingest',
    'security',
    'server',
    'consumer',
    'license',
    'licence',
  ],
  ...['preshared', 'psk', 'wireguard', 'recovery', 'backup', 'fernet', 'cookie', 'csrf', 'host'],
]);
/** Tokens that count, split or page, and open nothing. */
const OTHER_TOKEN = new Set([
  ...[
    'next',
    'prev',
    'previous',
    'page',
    'pagination',
    'continuation',
    'sync',
    'cursor',
    'csrf',
    'xsrf',
  ],
  ...[
    'start',
    'end',
    'stop',
    'eos',
    'bos',
    'pad',
    'unk',
    'mask',
    'sep',
    'cls',
    'progress',
    'design',
  ],
  ...[
    'input',
    'output',
    'total',
    'max',
    'min',
    'prompt',
    'completion',
    'cached',
    'color',
    'syntax',
  ],
  ...[
    'special',
    'lex',
    'lexer',
    'parser',
    'idempotency',
    'request',
    'reset',
    'change',
    'resume',
    'delta',
    'skip',
  ],
]);
const OTHER_KEY =
  /(?:^|_)(?:PUBLIC|PUB|PRIMARY|FOREIGN|SORT|PARTITION|CACHE|UNIQUE|HOT|ROW|INDEX|COMPOSITE|OBJECT|ISSUE|PROJECT|LOOKUP)_?KEY$/;
const SETTING_KEY = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_KEY$/;
/** Words at the end of a name that say which, or how it is written. */
const QUALIFIER =
  /^(?:value|val|text|plain|plaintext|cleartext|raw|new|old|current|prev|previous|confirm|confirmation|confirmed|again|repeat|prod|production|dev|staging|stage|test|testing|live|local|default|hash|hashed|base64|b64|enc|encrypted|string|str|env|main|temp|temporary|initial|base|v?\d{1,3})$/;

/** Names of functions, limits and switches. */
const OTHER_BEGINNING =
  /^(?:max|min|is|has|no|show|hide|toggle|forgot|forget|invalid|missing|requires?|allow|validate|check|verify|get|use|enable|disable|generate|create|parse|num|count|expired?|compare)$/;

/** What a name says; undefined where it says of no secret (`password_reset_at`, `next_page_token`, `public_key`). */
export function secretName(name: string): SecretName | undefined {
  const words = wordsOf(name);
  while (words.length > 1 && QUALIFIER.test(words.at(-1) ?? '')) words.pop();
  if (words.length > 1 && OTHER_BEGINNING.test(words[0] ?? '')) return undefined;
  const last = (words.at(-1) ?? '').replace(/\d{1,3}$/, '');
  const before = words.at(-2) ?? '';
  if (
    passwords.has(last) ||
    PASSWORD_STEM.test(last) ||
    PASSWORD_END.test(last) ||
    LOGIN_PASS.test(last)
  )
    return 'password';
  if (last === 'pass' && OF_A_LOGIN.test(before)) return 'password';
  if (before === 'key' && words.at(-3) === 'public') return undefined;
  if (last === 'token') return OTHER_TOKEN.has(before) ? undefined : 'key';
  if (keys.has(last) || KEY_END.test(last)) return 'key';
  if (last === 'sid' && before === 'connect') return 'key';
  if (last !== 'key' || OTHER_KEY.test(name)) return undefined;
  return KEY_OF.has(before) || SETTING_KEY.test(name) ? 'key' : undefined;
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
}
