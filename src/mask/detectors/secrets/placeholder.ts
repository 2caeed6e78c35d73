/** What stands for a value in manuals, templates and settings, in lower case. */
const words = new Set([
  ...['null', 'nil', 'none', 'undefined', 'true', 'false', 'yes', 'no', 'n/a', 'na', 'todo', 'tbd'],
  ...['string', 'str', 'text', 'varchar', 'char', 'number', 'int', 'integer', 'bool', 'boolean'],
  ...['any', 'object', 'bytes', 'unknown', 'void', 'never', 'optional', 'required', 'empty'],
  ...[
    'password',
    'passwd',
    'passphrase',
    'pass',
    'pwd',
    'secret',
    'token',
    'key',
    'apikey',
    'api_key',
  ],
  ...[
    'username',
    'user',
    'value',
    'hidden',
    'masked',
    'redacted',
    'removed',
    'encrypted',
    'default',
  ],
  ...['changeme', 'change_me', 'change-me', 'changeit', 'replaceme', 'replace_me', 'replace-me'],
  ...[
    'example',
    'placeholder',
    'dummy',
    'sample',
    'foo',
    'bar',
    'foobar',
    'baz',
    'unset',
    'unchanged',
  ],
  ...['passwort', 'kennwort', 'motdepasse', 'senha', 'parola', 'geheim', 'пароль', '密码', '密碼'],
  ...['パスワード', '비밀번호'],
]);
/** References to where a value comes from, and brackets around what is to be filled in. */
const REFERENCE =
  /^(?:\$(?:[{(@]|[A-Z_][A-Z0-9_]{0,60}$|[a-z_]{1,60}$)|%[\w.]{1,60}%$|\{\{|\{[\w.:-]{0,60}\}|<[^>]{0,80}>?$|\[[^\]]{0,80}\]?$|@@?\w|#\{|\(\(|__\w{1,60}__$|env[:.(]|[a-z.]{3,12}\.env[.[]|os\.(?:environ|getenv)|getenv|vault:|vault\.|op:\/\/|ssm:|secretsmanager|arn:|keyvault|file:|ref\+|secret:|enc\[|ansible-vault|!vault|!ref|!sub)/i;
const ASKS =
  /^(?:your|my|the|an?|some|enter|insert|put|add|new|use|this|not|no|test|fake|mock|super|please)[-_ .]?(?:[a-z-_ .]{0,30})(?:password|passwd|pwd|secret|token|key|here|value|string)$/i;
const FILLERS = /^(?:[x*.•●#?_-]{2,}|x{3,}[-x]*|0{4,}|\.{3}|…)$/i;
/** Such a word anywhere in a value says that it's for show. */
const FOR_SHOW =
  /^(?:example|dummy|placeholder|changeme|change_me|replace|redacted|insert|todo)[-_ ]|[-_ ](?:example|placeholder|here|goes-here|redacted)$|^your[-_ ]|xxxxx|\*{4}/i;
/** What a mask of ours has left: a placeholder, or a token (`person-id:7f3a…`). */
const OURS = /^(?:\[redacted[:\]]|[a-z0-9-]{1,32}:[0-9a-hjkmnp-tv-z]{16}$)/;

/** True of what is written where a secret belongs and is none: `${PASSWORD}`, `<password>`, `changeme`, `xxxx`. */
export function isPlaceholder(value: string): boolean {
  if (value.length > 200) return false;
  const plain = value.trim();
  return (
    plain === '' ||
    words.has(plain.toLowerCase()) ||
    REFERENCE.test(plain) ||
    FILLERS.test(plain) ||
    ASKS.test(plain) ||
    FOR_SHOW.test(plain) ||
    OURS.test(plain)
  );
}
