import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { BASE64, BASE64URL, type Draw, LOWER, UPPER, WORD } from './draw.ts';
import type { Planted } from './labelled.ts';

type Make = (draw: Draw) => Planted | string;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const url64 = (text: string) => Buffer.from(text).toString('base64url');

/** Between its armour, which may go as well. */
function pem(draw: Draw, kind: string, bytes: number, between = '\n'): Planted {
  const lines: string[] = [];
  for (let left = Math.ceil((bytes * 4) / 3); left > 0; left -= 64) {
    lines.push(draw.characters(BASE64, Math.min(64, left)));
  }
  return {
    before: `-----BEGIN ${kind}-----${between}`,
    text: `${kind.startsWith('RSA') ? 'MIIE' : 'b3Bl'}${lines.join(between)}`,
    after: `${between}-----END ${kind}-----`,
  };
}

function jwt(draw: Draw): string {
  const header = url64(JSON.stringify({ alg: draw.one(['HS256', 'RS256']), typ: 'JWT' }));
  const claims = { sub: draw.digits(10), iat: 1700000000 + draw.int(0, 9999999), aud: 'api' };
  return `${header}.${url64(JSON.stringify(claims))}.${draw.characters(BASE64URL, 43)}`;
}

/** A password as people and their managers make them. */
export function password(draw: Draw): string {
  const word = () =>
    draw.one(['Summer', 'tiger', 'Kestrel', 'magnet', 'Orbit', 'violet', 'hunter']);
  return draw.one([
    () => `${word()}${draw.digits(4)}${draw.one(['!', '#', '?', '*'])}`,
    () => draw.characters(WORD, draw.int(14, 24)),
    () => `${draw.characters(WORD, 6)}!${draw.characters(WORD, 5)}_${draw.characters(WORD, 4)}`,
    () => `${word()}-${word()}-${draw.digits(2)}-${word()}`,
  ])();
}

/** The password in a URL; user, host and the rest may go as well. */
function databaseUrl(draw: Draw): Planted {
  const [scheme, port] = draw.one([
    ['postgres', 5432],
    ['postgresql', 5432],
    ['mysql', 3306],
    ['mongodb+srv', 27017],
    ['redis', 6379],
    ['amqp', 5672],
    ['mssql', 1433],
  ] as const);
  const user = draw.one(['app', 'admin', 'svc_orders', 'readonly', 'root']);
  const host = draw.one([
    'db.internal',
    'db-1.prod.example.com',
    'cluster0.ab1cd.mongodb.net',
    'pg.corp.example',
  ]);
  return {
    before: `${scheme}://${user}:`,
    text: draw.chance(0.5)
      ? draw.characters(WORD, 16)
      : `${draw.characters(WORD, 7)}%21${draw.digits(3)}`,
    after: `@${host}:${port}/${draw.one(['orders', 'main', 'billing'])}`,
  };
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 30 random characters and their CRC-32 in six of base 62, as the tokens of GitHub and npm end. */
function checked(draw: Draw, prefix: string): string {
  const body = draw.characters(WORD, 30);
  let check = '';
  for (let left = crc32(body); check.length < 6; left = Math.floor(left / 62)) {
    check = BASE62.charAt(left % 62) + check;
  }
  return prefix + body + check;
}

const made =
  (prefix: string, alphabet: string, length: number): Make =>
  (draw) =>
    prefix + draw.characters(alphabet, length);

/** Says what it is by its own look, wherever it stands. */
export const shapedSecrets: Readonly<Record<string, Make>> = {
  'aws-access-key': (draw) => draw.one(['AKIA', 'ASIA']) + draw.characters(`${UPPER}234567`, 16),
  'google-api-key': made('AIza', BASE64URL, 35),
  'google-oauth': (draw) =>
    draw.one([
      `GOCSPX-${draw.characters(BASE64URL, 28)}`,
      `ya29.${draw.characters(BASE64URL, 120)}`,
    ]),
  'azure-storage-key': (draw) => ({
    before: `DefaultEndpointsProtocol=https;AccountName=${draw.characters(LOWER, 9)};AccountKey=`,
    text: `${draw.characters(BASE64, 86)}==`,
    after: ';EndpointSuffix=core.windows.net',
  }),
  'azure-client-secret': (draw) => `${draw.characters(WORD, 3)}8Q~${draw.characters(WORD, 34)}`,
  'github-token': (draw) =>
    draw.one([
      () => checked(draw, draw.one(['ghp_', 'gho_', 'ghs_', 'ghu_', 'ghr_'])),
      () => `github_pat_${draw.characters(WORD, 22)}_${draw.characters(WORD, 59)}`,
    ])(),
  'gitlab-token': (draw) => draw.one(['glpat-', 'gldt-', 'glrt-']) + draw.characters(BASE64URL, 20),
  'slack-token': (draw) =>
    draw.one(['xoxb-', 'xoxp-']) +
    `${draw.shape('%###########')}-${draw.shape('%###########')}-${draw.characters(WORD, 24)}`,
  'slack-webhook': (draw) => ({
    before: 'https://hooks.slack.com/services/',
    text: `T${draw.characters(UPPER, 8)}/B${draw.characters(UPPER, 10)}/${draw.characters(WORD, 24)}`,
  }),
  'stripe-key': (draw) =>
    draw.one(['sk_live_', 'rk_live_', 'sk_test_', 'whsec_']) +
    draw.characters(WORD, draw.one([24, 32])),
  'npm-token': (draw) => checked(draw, 'npm_'),
  'pypi-token': made('pypi-AgEIcHlwaS5vcmc', BASE64URL, 150),
  'sendgrid-key': (draw) =>
    `SG.${draw.characters(BASE64URL, 22)}.${draw.characters(BASE64URL, 43)}`,
  'mailgun-key': (draw) => `key-${draw.hex(32)}`,
  'mailchimp-key': (draw) => `${draw.hex(32)}-us${draw.int(1, 21)}`,
  'openai-key': (draw) =>
    draw.one([
      () => `sk-proj-${draw.characters(BASE64URL, 74)}T3BlbkFJ${draw.characters(BASE64URL, 74)}`,
      () => `sk-${draw.characters(WORD, 20)}T3BlbkFJ${draw.characters(WORD, 20)}`,
    ])(),
  'anthropic-key': (draw) => `sk-ant-api03-${draw.characters(BASE64URL, 93)}AA`,
  'huggingface-token': made('hf_', UPPER + LOWER, 34),
  'discord-webhook': (draw) => ({
    before: 'https://discord.com/api/webhooks/',
    text: `${draw.shape('1#################')}/${draw.characters(BASE64URL, 68)}`,
  }),
  'telegram-token': (draw) => `${draw.shape('%#########')}:AA${draw.characters(BASE64URL, 33)}`,
  'digitalocean-token': (draw) => `dop_v1_${draw.hex(64)}`,
  'databricks-token': (draw) => `dapi${draw.hex(32)}`,
  'new-relic-key': (draw) => `NRAK-${draw.characters(`${UPPER}0123456789`, 27)}`,
  'shopify-token': (draw) => `shpat_${draw.hex(32)}`,
  'square-token': made('sq0atp-', BASE64URL, 22),
  'doppler-token': made('dp.pt.', WORD, 43),
  'vault-token': made('hvs.', BASE64URL, 95),
  'terraform-token': (draw) =>
    `${draw.characters(WORD, 14)}.atlasv1.${draw.characters(BASE64URL, 64)}`,
  'pulumi-token': (draw) => `pul-${draw.hex(40)}`,
  'grafana-token': (draw) => `glsa_${draw.characters(WORD, 32)}_${draw.hex(8)}`,
  'linear-key': made('lin_api_', WORD, 40),
  'notion-token': (draw) => `ntn_${draw.digits(11)}${draw.characters(WORD, 35)}`,
  'airtable-token': (draw) => `pat${draw.characters(WORD, 14)}.${draw.hex(64)}`,
  'figma-token': made('figd_', BASE64URL, 40),
  'postman-key': (draw) => `PMAK-${draw.hex(24)}-${draw.hex(34)}`,
  'docker-token': made('dckr_pat_', BASE64URL, 27),
  'planetscale-token': made('pscale_tkn_', BASE64URL, 43),
  'supabase-token': (draw) => `sbp_${draw.hex(40)}`,
  'age-key': made('AGE-SECRET-KEY-1', 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58),
  jwt,
  'private-key': (draw) =>
    pem(
      draw,
      draw.one(['RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'PRIVATE KEY', 'EC PRIVATE KEY']),
      draw.int(200, 1200),
    ),
  'database-url': databaseUrl,
  'url-password': (draw) => ({
    before: `https://${draw.one(['deploy', 'ci', 'build'])}:`,
    text: draw.characters(WORD, 18),
    after: `@${draw.one(['git.example.com', 'artifacts.example.org'])}/${draw.one(['repo.git', 'npm/'])}`,
  }),
};

/** Is a secret because of what stands before it. */
export const namedSecrets: Readonly<Record<string, Make>> = {
  'aws-secret-key': (draw) => draw.characters(BASE64, 40),
  password,
  'api-key': (draw) =>
    draw.one([
      () => draw.hex(32),
      () => draw.characters(WORD, 40),
      () => draw.characters(BASE64URL, 32),
    ])(),
  token: (draw) => draw.one([() => draw.hex(40), () => draw.characters(WORD, 48)])(),
  secret: (draw) =>
    draw.one([
      () => draw.characters(BASE64URL, 43),
      () => draw.hex(64),
      () => draw.characters(WORD, 32),
    ])(),
};

/** What names such values in configuration and code, as snake case. */
export const secretNames: Readonly<Record<string, readonly string[]>> = {
  'aws-secret-key': ['aws_secret_access_key', 'secret_access_key'],
  password: ['password', 'db_password', 'passwd', 'admin_password', 'smtp_password', 'pgpassword'],
  'api-key': ['api_key', 'datadog_api_key', 'apikey', 'x_api_key', 'maps_api_key'],
  token: ['access_token', 'auth_token', 'refresh_token', 'circle_token', 'bot_token', 'token'],
  secret: [
    'client_secret',
    'secret_key',
    'signing_secret',
    'session_secret',
    'jwt_secret',
    'encryption_key',
  ],
};

/** `user:password` in base64, after `Basic`. */
export const basicAuth: Make = (draw) =>
  base64(`${draw.one(['api', 'admin', 'svc'])}:${password(draw)}`);

export const digestOf = (draw: Draw, algorithm: string, encoding: 'hex' | 'base64') =>
  createHash(algorithm).update(String(draw.unit())).digest(encoding);
