import { describe, expect, it } from 'vitest';
import { secretName } from '../../../src/mask/detectors/secrets/secret-name.ts';
import { drawn, HEX, WORD } from './drawn.ts';
import { found } from './found.ts';

const key = drawn(WORD, 32, 6);
const hex = drawn(HEX, 40, 7);
const uuid = `${drawn(HEX, 8)}-${drawn(HEX, 4)}-${drawn(HEX, 4)}-${drawn(HEX, 4)}-${drawn(HEX, 12)}`;
const variable = (name: string) => `${'$'}{${name}}`;

describe('keyed-secret finds a password', () => {
  it.each([
    ['DB_PASSWORD=hunter2', 'hunter2'],
    ['export PGPASSWORD=hunter2', 'hunter2'],
    ['password: hunter2', 'hunter2'],
    ['password = "hunter2"', 'hunter2'],
    ['password := `hunter2`', 'hunter2'],
    ['"password": "sunshine"', 'sunshine'],
    ['"password":"it\'s 1 \\"x\\""', 'it\'s 1 \\"x\\"'],
    ['\\"password\\":\\"hunter2\\",\\"a\\":1', 'hunter2'],
    ['\\\\\\"password\\\\\\":\\\\\\"hunter2\\\\\\"', 'hunter2'],
    ["'db_pass' => 'hunter2',", 'hunter2'],
    ['$config["password"] = "hunter2";', 'hunter2'],
    ['<password>hunter2</password>', 'hunter2'],
    ['<add key="Password" value="hunter2"/>', 'hunter2'],
    ['Server=db;User Id=app;Password=h;nter2;Encrypt=true', 'h;nter2'],
    ['?user=joe&password=hunter2&x=1', 'hunter2'],
    ['mysql --user joe --password hunter2 db', 'hunter2'],
    ['mysql --password=hunter2', 'hunter2'],
    ["ALTER USER joe WITH PASSWORD 'hunter2';", 'hunter2'],
    ["CREATE USER joe IDENTIFIED BY 'hunter2';", 'hunter2'],
    ['The password is hunter2.', 'hunter2'],
    ['Password (temporary): hunter2', 'hunter2'],
    ['**Password:** hunter2', 'hunter2'],
    ['| password | hunter2 |', 'hunter2'],
    ['Das Passwort lautet Sommer24!', 'Sommer24!'],
    ['Kennwort: Sommer24', 'Sommer24'],
    ['Mot de passe : soleil99', 'soleil99'],
    ['contraseña: sol99luna', 'sol99luna'],
    ['Senha: sol99lua', 'sol99lua'],
    ['Lösenordet är sommar99', 'sommar99'],
    ['hasło: lato2024', 'lato2024'],
    ['şifre: yaz2024', 'yaz2024'],
    ['пароль: qwerty12', 'qwerty12'],
    ['密码：abc12345。', 'abc12345'],
    ['パスワード：abc12345です', 'abc12345'],
    ['비밀번호: abc12345', 'abc12345'],
    ['- name: DB_PASSWORD\n  value: Winter24!', 'Winter24!'],
    ['{"name": "DB_PASSWORD", "value": "Winter24!"}', 'Winter24!'],
    ['machine x\nlogin joe\npassword hunter2', 'hunter2'],
    ['machine x login joe password hunter2', 'hunter2'],
    ['with the password `hunter2`', 'hunter2'],
  ])('in %s', (text, expected) => {
    expect(found('keyed-secret', text)).toEqual([expected]);
  });

  it.each([
    ['password', 'sunshine'],
    ['password', 'correct horse battery staple'],
    ['password', '123456'],
    ['db_password', 'abc'],
    ['userPassword', 'Tr0ub4dor&3'],
    ['Passwort', 'geheimnis'],
    ['new_password', 'sunshine'],
  ])('in a field %s that holds %j', (field, text) => {
    expect(found('keyed-secret', text, field)).toEqual([text]);
  });
});

describe('keyed-secret finds a key or token', () => {
  it.each([
    `SECRET_KEY_BASE=${key}`,
    `api_key=${key}`,
    `API_KEY: ${key}`,
    `"apiKey": "${key}"`,
    `X-Api-Key: ${key}`,
    `client_secret = '${key}'`,
    `SECRET_KEY="${key}"`,
    `DATADOG_API_KEY=${key}`,
    `OPENWEATHER_KEY=${key}`,
    `access_token=${key}&expires_in=3600`,
    `the API key is ${key}.`,
    `<token>${key}</token>`,
    `--token ${key}`,
  ])('in %s', (text) => {
    expect(found('keyed-secret', text)).toEqual([key]);
  });

  it.each([
    ['token', hex],
    ['api_key', uuid],
    ['clientSecret', key],
    ['signing_secret', hex],
    ['private_key', key],
  ])('in a field %s', (field, value) => {
    expect(found('keyed-secret', value, field)).toEqual([value]);
  });
});

describe('keyed-secret leaves', () => {
  it.each([
    ...[
      variable('PASSWORD'),
      '$PASSWORD',
      '{{ password }}',
      '<password>',
      '[password]',
      '%PASSWORD%',
    ],
    ...[
      'changeme',
      'change-me',
      'xxxxxxxx',
      '********',
      '...',
      'null',
      'None',
      'true',
      'undefined',
    ],
    ...[
      'env:DB_PASSWORD',
      'process.env.DB_PASSWORD',
      'os.environ["DB_PASSWORD"]',
      'vault:secret/db',
    ],
    ...[
      'your_password',
      'my-secret-password',
      'example',
      'string',
      'REDACTED',
      '[redacted:keyed-secret]',
    ],
    ...[
      '/run/secrets/db_password',
      'https://vault.example.com/v1',
      '2026-01-01',
      'op://vault/item/field',
    ],
    ...['arn:aws:secretsmanager:eu-west-1:1:secret:x', 'ENC[AES256_GCM,data:abc]'],
    `person-id:${drawn('0123456789abcdefghjkmnpqrstvwxyz', 16)}`,
  ])('what stands in for a password: %s', (value) => {
    for (const text of [`password=${value}`, `password: ${value}`, `"password": "${value}"`]) {
      expect(found('keyed-secret', text)).toEqual([]);
    }
    expect(found('keyed-secret', value, 'password')).toEqual([]);
  });

  it.each([
    'password: string;',
    'password?: string | undefined;',
    'const password = req.body.password;',
    'password = getPassword("db")',
    'this.password = password;',
    'if (user.password === other.password) {',
    'function login(name, password) {',
    '"password": {"type": "string", "minLength": 8}',
    'Password: must be at least 8 characters long',
    'the password is incorrect',
    'Enter your password: ',
    '"label": "Password", "type": "password"',
    'password_reset_at: 2026-01-01T00:00:00Z',
    'max_password_length = 64',
    `next_page_token=${key}`,
    'max_tokens: 4096',
    'token_type: bearer',
    'const token = tokens[index];',
    'key: value',
    'primary_key: id_customer_0001',
    `public_key: ${key}`,
    `commit ${hex}`,
    `id: ${uuid}`,
    `"integrity": "sha512-${drawn(WORD, 86)}=="`,
    `etag: "${drawn(HEX, 32)}"`,
    `checksum = "${hex}"`,
    `token: sha256:${drawn(HEX, 64)}`,
    'secret: v1.2.3',
    'the secret of good soup is time',
    'a keyboard, a monkey and a turkey: 12345678a',
    'bypass: enabled4sure',
    'class="btn-primary-2 text-gray-700" id="key-1"',
  ])('%s', (text) => {
    expect(found('keyed-secret', text)).toEqual([]);
  });

  it.each([
    ['password', 'Password'],
    ['password', 'Enter your new password'],
    ['password', ''],
    ['token', '42'],
    ['token', 'identifier'],
    ['secret', 'false'],
    ['page_token', key],
    ['key', key],
    ['note', 'hunter2'],
  ])('in a field %s: %j', (field, text) => {
    expect(found('keyed-secret', text, field)).toEqual([]);
  });
});

describe('the name of a field', () => {
  it.each([
    ...[
      'password',
      'db_password',
      'DB_PASSWD',
      'userPassword',
      'pgpassword',
      'password2',
      'passwordHash',
    ],
    ...[
      'new-password',
      'smtp_pass',
      'Kennwort',
      'passphrase',
      'admin.password',
      'password_confirmation',
    ],
  ])('%s speaks of a password', (name) => {
    expect(secretName(name)).toBe('password');
  });

  it.each([
    ...[
      'token',
      'access_token',
      'apiKey',
      'api-key',
      'APIKEY',
      'client_secret',
      'secretKey',
      'AUTH_TOKEN',
    ],
    ...['private_key', 'signing_key', 'webhookSecret', 'STRIPE_KEY', 'credentials', 'secret_value'],
  ])('%s speaks of a key', (name) => {
    expect(secretName(name)).toBe('key');
  });

  it.each([
    ...[
      'name',
      'key',
      'public_key',
      'primaryKey',
      'CACHE_KEY',
      'next_page_token',
      'nextToken',
      'token_count',
    ],
    ...[
      'password_reset_url',
      'passwordPolicy',
      'secret_name',
      'secretId',
      'tokens',
      'tokenizer',
      'keyboard',
    ],
    ...['is_password_set', 'bypass', 'compass', 'monkey', 'pass', 'csrf_token'].filter(
      (name) => name !== 'pass',
    ),
  ])('%s speaks of none', (name) => {
    expect(secretName(name)).toBeUndefined();
  });
});
