import { crc32 } from 'node:zlib';
import { BASE64, BASE64URL, type Draw, LOWER, UPPER, WORD } from '../draw.ts';

type Make = (draw: Draw) => string;

const BASE62 = `0123456789${UPPER}${LOWER}`;

/** GitHub's and npm's tokens end with the CRC-32 of the rest in base 62. */
function checksummed(draw: Draw, prefix: string): string {
  const body = draw.characters(WORD, 30);
  let rest = crc32(body) >>> 0;
  let check = '';
  for (let at = 0; at < 6; at++) {
    check = BASE62.charAt(rest % 62) + check;
    rest = Math.floor(rest / 62);
  }
  return prefix + body + check;
}

const url64 = (of: unknown) => Buffer.from(JSON.stringify(of)).toString('base64url');

function jwt(draw: Draw): string {
  const header = url64({
    typ: 'JWT',
    alg: draw.one(['HS256', 'RS256', 'ES256']),
    kid: draw.hex(8),
  });
  const body = url64({
    sub: `auth0|${draw.hex(12)}`,
    aud: 'https://api.example.net',
    exp: 1_761_000_000,
  });
  return `${header}.${body}.${draw.characters(BASE64URL, draw.one([43, 86, 342]))}`;
}

function pem(draw: Draw): string {
  const kind = draw.one(['RSA ', 'EC ', '', 'OPENSSH ']);
  const lines = Array.from({ length: draw.int(3, 14) }, () => draw.characters(BASE64, 64));
  lines.push(`${draw.characters(BASE64, 42)}==`);
  return `-----BEGIN ${kind}PRIVATE KEY-----\n${lines.join('\n')}\n-----END ${kind}PRIVATE KEY-----`;
}

/** What a person or a password manager makes up. */
export function password(draw: Draw): string {
  return draw.one([
    () => draw.characters(`${WORD}!#%*_-`, draw.int(12, 20)).replace(/^[!#%*_-]/, 'q'),
    () => draw.characters(WORD, draw.int(16, 32)),
    () =>
      `${draw.one(['Winter', 'Sommer', 'Liverpool', 'Dragon', 'Kaffee'])}${draw.int(1950, 2031)}!`,
    () => `${draw.one(['tiger', 'hunter', 'monkey', 'qwerty'])}${draw.int(10, 9999)}`,
    () => draw.hex(32),
    () => `P@ss${draw.one(['w0rd', 'wort', '-Word'])}${draw.int(1, 999)}`,
  ])();
}

/** By the name of the detector that has to find it. */
export const shaped: Readonly<Record<string, Make>> = {
  'private-key': pem,
  jwt,
  'aws-key': (draw) => draw.one(['AKIA', 'ASIA']) + draw.characters(`${UPPER}234567`, 16),
  'gcp-key': (draw) =>
    draw.one([
      () => `AIza${draw.characters(BASE64URL, 35)}`,
      () => `ya29.${draw.characters(BASE64URL, 120)}`,
      () => `GOCSPX-${draw.characters(BASE64URL, 28)}`,
    ])(),
  'azure-key': (draw) => `${draw.characters(WORD, 3)}8Q~${draw.characters(WORD, 34)}`,
  'github-token': (draw) =>
    draw.one([
      () => checksummed(draw, draw.one(['ghp_', 'gho_', 'ghs_', 'ghu_'])),
      () => `github_pat_${draw.characters(WORD, 22)}_${draw.characters(WORD, 59)}`,
    ])(),
  'gitlab-token': (draw) => draw.one(['glpat-', 'gldt-', 'glrt-']) + draw.characters(BASE64URL, 20),
  'slack-token': (draw) =>
    draw.one([
      () => `xoxb-${draw.digits(12)}-${draw.digits(13)}-${draw.characters(WORD, 24)}`,
      () => `xoxp-${draw.digits(12)}-${draw.digits(12)}-${draw.digits(13)}-${draw.hex(32)}`,
      () =>
        `https://hooks.slack.com/services/T${draw.characters(UPPER, 8)}/B${draw.characters(UPPER, 10)}/${draw.characters(WORD, 24)}`,
    ])(),
  'stripe-key': (draw) =>
    draw.one(['sk_live_', 'rk_live_', 'sk_test_']) + draw.characters(WORD, draw.one([24, 99])),
  'npm-token': (draw) => checksummed(draw, 'npm_'),
  'ai-key': (draw) =>
    draw.one([
      () => `sk-ant-api03-${draw.characters(BASE64URL, 93)}AA`,
      () => `sk-proj-${draw.characters(BASE64URL, 74)}T3BlbkFJ${draw.characters(BASE64URL, 74)}`,
      () => `hf_${draw.characters(UPPER + LOWER, 34)}`,
      () => `gsk_${draw.characters(WORD, 52)}`,
    ])(),
  'provider-key': (draw) =>
    draw.one([
      () => `SG.${draw.characters(BASE64URL, 22)}.${draw.characters(BASE64URL, 43)}`,
      () => `dop_v1_${draw.hex(64)}`,
      () => `shpat_${draw.hex(32)}`,
      () => `hvs.${draw.characters(WORD, 24)}`,
      () => `dckr_pat_${draw.characters(BASE64URL, 27)}`,
      () => `pypi-AgEIcHlwaS5vcmc${draw.characters(BASE64URL, 140)}`,
      () => `glsa_${draw.characters(WORD, 32)}_${draw.hex(8)}`,
      () => `dapi${draw.hex(32)}`,
      () => `lin_api_${draw.characters(WORD, 40)}`,
      () => `NRAK-${draw.characters(`${UPPER}0123456789`, 27)}`,
      () => `PMAK-${draw.hex(24)}-${draw.hex(34)}`,
      () => `${draw.digits(10)}:AA${draw.characters(BASE64URL, 33)}`,
    ])(),
};

export const awsSecret: Make = (draw) => draw.characters(BASE64, 40);
export const azureAccount: Make = (draw) => `${draw.characters(BASE64, 86)}==`;
export const basic: Make = (draw) => Buffer.from(`svc:${password(draw)}`).toString('base64');
