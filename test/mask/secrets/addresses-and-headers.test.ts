import { describe, expect, it } from 'vitest';
import { BASE64URL, drawn } from './drawn.ts';
import { found } from './found.ts';

const variable = (name: string) => `${'$'}{${name}}`;

describe('database-url', () => {
  it.each([
    ['postgres://app:s3cret@db.example.com:5432/orders', 'app:s3cret'],
    ['postgresql+asyncpg://app:s3cret@db/orders', 'app:s3cret'],
    ['mysql://root:hunter2@127.0.0.1/x', 'root:hunter2'],
    ['mongodb+srv://u:p%40ss@cluster0.example.net/?retryWrites=true', 'u:p%40ss'],
    ['mongodb://u:p1@h1:27017,h2:27017/db', 'u:p1'],
    ['redis://:only-a-password@cache:6379/0', ':only-a-password'],
    ['amqps://svc:x9!y@mq/vhost', 'svc:x9!y'],
    ['https://deploy:tok3n@git.example.com/repo.git', 'deploy:tok3n'],
    ['ftp://joe:a@b@files.example.com/', 'joe:a@b'],
    ['postgres://app:a/b#c@db/x', 'app:a/b#c'],
    ['jdbc:mysql://user:pw12@[::1]:3306/db', 'user:pw12'],
    ['"DATABASE_URL":"postgres://app:s3cret@db/x","n":"a@b.co"', 'app:s3cret'],
  ])('finds user and password in %s', (text, expected) => {
    expect(found('database-url', text)).toEqual([expected]);
  });

  it.each([
    'http://localhost:8080/@scope/package',
    'https://registry.example.com:443/@types/node',
    'ssh://git@github.com:22/org/repo',
    'https://joe@example.com/',
    'http://[::1]:8080/users/@me',
    `postgres://app:${variable('DB_PASSWORD')}@db/orders`,
    'postgres://user:password@localhost/db',
    'postgres://<user>:<password>@host/db',
    'postgres://app:***@db/orders',
    'postgres://app:[redacted:database-url]@db/orders',
    'see http://a:b and write to c@d.example',
    '"http://a.example:x","joe@example.com"',
    'a://b:c',
    '://user:pw@host',
  ])('leaves %s', (text) => {
    expect(found('database-url', text)).toEqual([]);
  });
});

describe('auth-header', () => {
  const token = drawn(BASE64URL, 40);
  const basic = btoa('joe:hunter2');

  it.each([
    [`Authorization: Bearer ${token}`, token],
    [`authorization: bearer ${token}`, token],
    [`"Authorization": "Bearer ${token}"`, token],
    [`\\"Authorization\\":\\"Bearer ${token}\\"`, token],
    [`'Authorization', 'Token ${token}'`, token],
    [`Authorization=Basic ${basic}`, basic],
    [`Proxy-Authorization: Basic ${basic}`, basic],
    [`Authorization: ${token}`, token],
    [`-H "Authorization: Bearer ${token}" https://example.com`, token],
    [`send it as Bearer ${token}.`, token],
    ['curl -s -u joe:hunter2 https://example.com', 'hunter2'],
    ["curl --user 'joe:s3cr3t' https://example.com", 's3cr3t'],
  ])('finds what %s carries', (text, expected) => {
    expect(found('auth-header', text).map((value) => value.replace(/\.$/, ''))).toEqual([expected]);
  });

  it.each([
    ['Authorization', `Bearer ${token}`, token],
    ['proxy-authorization', `Basic ${basic}`, basic],
    ['x-authorization', token, token],
  ])('finds what a field %s holds', (field, text, expected) => {
    expect(found('auth-header', text, field)).toEqual([expected]);
  });

  it.each([
    'Authorization: Bearer <token>',
    `Authorization: Bearer ${variable('TOKEN')}`,
    'Authorization: env:ORDERS_AUTHORIZATION',
    'Authorization: [redacted:auth-header]',
    'a bearer token is sent in the header',
    'forceReauthorization: options.forceReauthorization',
    "headers.append('Authorization', authorizationValue, false)",
    'the authorization of users: administrators only',
    'docker run -u 1000:1000 image',
    'curl -u "$USER:$PASSWORD" https://example.com',
    'app -u http://localhost:8080/logs',
  ])('leaves %s', (text) => {
    expect(found('auth-header', text)).toEqual([]);
  });
});
