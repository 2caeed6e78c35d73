import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secrets } from '../../../src/mask/detectors/secrets/secrets.ts';
import { BASE64, BASE64URL, checksummed, DIGITS, drawn, HEX, UPPER, WORD } from './drawn.ts';
import { found } from './found.ts';

const uuid = `${drawn(HEX, 8)}-${drawn(HEX, 4)}-${drawn(HEX, 4)}-${drawn(HEX, 4)}-${drawn(HEX, 12)}`;

/** Tokens that say what they are by how they begin, by the detector that finds them. */
const tokens: readonly (readonly [detector: string, kind: string, token: string])[] = [
  ['aws-key', 'access key id', `AKIA${drawn(`${UPPER}234567`, 16)}`],
  ['aws-key', 'temporary access key id', `ASIA${drawn(`${UPPER}234567`, 16)}`],
  ['aws-key', 'session token', `IQoJb3JpZ2luX2Vj${drawn(WORD, 300)}`],
  ['aws-key', 'Bedrock key', `ABSKQmVkcm9ja0FQSUtleS${drawn(WORD, 110)}==`],
  ['gcp-key', 'API key', `AIza${drawn(BASE64URL, 35)}`],
  ['gcp-key', 'access token', `ya29.${drawn(BASE64URL, 140)}`],
  ['gcp-key', 'refresh token', `1//0${drawn(BASE64URL, 60)}`],
  ['gcp-key', 'client secret', `GOCSPX-${drawn(BASE64URL, 28)}`],
  ['azure-key', 'client secret', `${drawn(WORD, 3)}8Q~${drawn(BASE64URL, 34)}`],
  ['azure-key', 'marked key', `${drawn(WORD, 52)}JQQJ99${drawn(WORD, 26)}`],
  ['azure-key', 'storage key', `${drawn(WORD, 76)}+ASt${drawn(WORD, 5)}w==`],
  ['azure-key', 'function key', `${drawn(WORD, 44)}AzFu${drawn(WORD, 5)}A==`],
  ['github-token', 'personal token', `ghp_${checksummed()}`],
  ['github-token', 'OAuth token', `gho_${checksummed(2)}`],
  ['github-token', 'user token', `ghu_${checksummed(3)}`],
  ['github-token', 'app token', `ghs_${checksummed(4)}`],
  ['github-token', 'refresh token', `ghr_${checksummed(5)}`],
  [
    'github-token',
    'long app token',
    `ghs_${drawn(WORD, 60)}.${drawn(WORD, 90)}.${drawn(WORD, 43)}`,
  ],
  ['github-token', 'fine-grained token', `github_pat_${drawn(WORD, 22)}_${drawn(WORD, 59)}`],
  ['gitlab-token', 'personal token', `glpat-${drawn(BASE64URL, 20)}`],
  ['gitlab-token', 'routable token', `glpat-${drawn(BASE64URL, 40)}.01.${drawn(HEX, 7)}`],
  ['gitlab-token', 'deploy token', `gldt-${drawn(BASE64URL, 20)}`],
  ['gitlab-token', 'runner token', `glrt-${drawn(BASE64URL, 20)}`],
  ['gitlab-token', 'trigger token', `glptt-${drawn(HEX, 40)}`],
  ['gitlab-token', 'agent token', `glagent-${drawn(BASE64URL, 50)}`],
  ['gitlab-token', 'old runner token', `GR1348941${drawn(BASE64URL, 20)}`],
  ['slack-token', 'bot token', `xoxb-${drawn(DIGITS, 12)}-${drawn(DIGITS, 13)}-${drawn(WORD, 24)}`],
  ['slack-token', 'user token', `xoxp-${drawn(DIGITS, 12)}-${drawn(DIGITS, 12)}-${drawn(HEX, 32)}`],
  [
    'slack-token',
    'app token',
    `xapp-1-A${drawn(UPPER, 10)}-${drawn(DIGITS, 13)}-${drawn(HEX, 64)}`,
  ],
  ['slack-token', 'configuration token', `xoxe.xoxp-1-${drawn(WORD, 166)}`],
  [
    'slack-token',
    'webhook',
    `https://hooks.slack.com/services/T${drawn(UPPER, 8)}/B${drawn(UPPER, 9)}/${drawn(WORD, 24)}`,
  ],
  ['stripe-key', 'secret key', `sk_live_${drawn(WORD, 24)}`],
  ['stripe-key', 'test key', `sk_test_${drawn(WORD, 99)}`],
  ['stripe-key', 'restricted key', `rk_live_${drawn(WORD, 24)}`],
  ['stripe-key', 'webhook secret', `whsec_${drawn(WORD, 32)}`],
  ['npm-token', 'token', `npm_${checksummed(6)}`],
  ['ai-key', 'OpenAI, old', `sk-${drawn(WORD, 20)}T3BlbkFJ${drawn(WORD, 20)}`],
  ['ai-key', 'OpenAI', `sk-proj-${drawn(BASE64URL, 74)}T3BlbkFJ${drawn(BASE64URL, 74)}`],
  ['ai-key', 'Anthropic', `sk-ant-api03-${drawn(BASE64URL, 93)}AA`],
  ['ai-key', 'OpenRouter', `sk-or-v1-${drawn(HEX, 64)}`],
  ['ai-key', 'Hugging Face', `hf_${drawn(WORD, 34)}`],
  ['ai-key', 'Groq', `gsk_${drawn(WORD, 52)}`],
  ['ai-key', 'xAI', `xai-${drawn(WORD, 80)}`],
  ['ai-key', 'Replicate', `r8_${drawn(WORD, 37)}`],
  ['provider-key', 'SendGrid', `SG.${drawn(BASE64URL, 22)}.${drawn(BASE64URL, 43)}`],
  ['provider-key', 'Twilio', `SK${drawn(HEX, 32)}`],
  ['provider-key', 'Mailgun', `key-${drawn(HEX, 32)}`],
  ['provider-key', 'Mailchimp', `${drawn(HEX, 32)}-us12`],
  [
    'provider-key',
    'Discord bot',
    `${btoa('123456789012345678')}.G${drawn(WORD, 5)}.${drawn(BASE64URL, 38)}`,
  ],
  ['provider-key', 'Telegram bot', `${drawn('123456789', 9)}:AA${drawn(BASE64URL, 33)}`],
  ['provider-key', 'DigitalOcean', `dop_v1_${drawn(HEX, 64)}`],
  ['provider-key', 'Heroku', `HRKU-AA${drawn(BASE64URL, 58)}`],
  ['provider-key', 'Databricks', `dapi${drawn(HEX, 32)}`],
  ['provider-key', 'Vault', `hvs.${drawn(BASE64URL, 95)}`],
  ['provider-key', 'Terraform', `${drawn(WORD, 14)}.atlasv1.${drawn(BASE64URL, 64)}`],
  ['provider-key', 'Doppler', `dp.pt.${drawn(WORD, 43)}`],
  ['provider-key', 'Pulumi', `pul-${drawn(HEX, 40)}`],
  ['provider-key', 'PlanetScale', `pscale_tkn_${drawn(BASE64URL, 43)}`],
  ['provider-key', 'Supabase', `sbp_${drawn(HEX, 40)}`],
  ['provider-key', 'PyPI', `pypi-AgEIcHlwaS5vcmc${drawn(BASE64URL, 150)}`],
  ['provider-key', 'Docker Hub', `dckr_pat_${drawn(BASE64URL, 27)}`],
  ['provider-key', 'RubyGems', `rubygems_${drawn(HEX, 48)}`],
  ['provider-key', 'Atlassian', `ATATT3${drawn(BASE64URL, 186)}`],
  ['provider-key', 'Linear', `lin_api_${drawn(WORD, 40)}`],
  ['provider-key', 'Notion', `ntn_${drawn(DIGITS, 11)}${drawn(WORD, 35)}`],
  ['provider-key', 'Postman', `PMAK-${drawn(HEX, 24)}-${drawn(HEX, 34)}`],
  ['provider-key', 'Figma', `figd_${drawn(BASE64URL, 43)}`],
  ['provider-key', 'Sentry', `sntryu_${drawn(HEX, 64)}`],
  ['provider-key', 'Grafana', `glsa_${drawn(WORD, 32)}_${drawn(HEX, 8)}`],
  ['provider-key', 'New Relic', `NRAK-${drawn(UPPER + DIGITS, 27)}`],
  ['provider-key', 'Airtable', `pat${drawn(WORD, 14)}.${drawn(HEX, 64)}`],
  ['provider-key', 'Shopify', `shpat_${drawn(HEX, 32)}`],
  ['provider-key', 'Square', `sq0atp-${drawn(BASE64URL, 22)}`],
  ['provider-key', 'Plaid', `access-production-${uuid}`],
  [
    'provider-key',
    '1Password',
    `A3-${drawn(UPPER, 6)}-${drawn(UPPER + DIGITS, 11)}-${['a', 'b', 'c'].map((_, i) => drawn(UPPER + DIGITS, 5, i + 2)).join('-')}`,
  ],
  ['private-key', 'age', `AGE-SECRET-KEY-1${drawn('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`],
];

const surroundings: readonly (readonly [string, string])[] = [
  ['', ''],
  ['the token is ', '. Keep it.'],
  ['"', '",'],
  ["x='", "';"],
  ['https://example.com/?t=', '&x=1'],
  ['line\n', '\nline'],
  ['escaped\\n', '\\nescaped'],
  ['(', ')'],
  ['<b>', '</b>'],
  ['名前', 'です'],
];

describe('a token that says what it is', () => {
  it.each(tokens)('%s: %s, in any surroundings, whole', (detector, _, token) => {
    for (const [before, after] of surroundings) {
      expect(found(detector, before + token + after)).toEqual([token]);
    }
  });

  it.each(tokens)('%s: %s, twice in a row', (detector, _, token) => {
    expect(found(detector, `${token}, ${token}`)).toEqual([token, token]);
  });

  it.each(tokens)('%s: %s, not where it is cut short', (detector, _, token) => {
    expect(found(detector, `"${token.slice(0, Math.min(12, token.length - 8))}"`)).toEqual([]);
  });

  it.each(tokens)('%s: %s, has what its detector asks of a text', (name, _, token) => {
    const needs = secrets.find((detector) => detector.name === name)?.needs;
    expect(token.length).toBeGreaterThanOrEqual(needs?.length ?? 0);
    const characters = [...(needs?.characters ?? '')];
    expect(characters.length === 0 || characters.some((one) => token.includes(one))).toBe(true);
  });

  it('is found anywhere in any text', () => {
    const planted = fc.record({
      before: fc.string({ unit: 'grapheme', maxLength: 40 }),
      token: fc.constantFrom(...tokens),
      after: fc.string({ unit: 'grapheme', maxLength: 40 }),
    });
    fc.assert(
      fc.property(planted, ({ before, token: [detector, , token], after }) => {
        expect(found(detector, `${before} ${token} ${after}`)).toContain(token);
      }),
    );
  });
});

describe('what only begins like a token', () => {
  it.each([
    ['github-token', `ghp_${'x'.repeat(36)}`],
    ['github-token', 'ghp_your_personal_access_token_goes_here'],
    ['github-token', `xghp_${drawn(WORD, 12)}`],
    ['gitlab-token', 'glpat-this-is-a-name-of-words'],
    ['slack-token', 'xoxb-your-bot-token-here'],
    ['stripe-key', `sk_live_${'0'.repeat(24)}`],
    ['stripe-key', `pk_live_${drawn(WORD, 24)}`],
    ['npm-token', 'npm_config_registry=https://registry.example.com/'],
    ['aws-key', `AROA${drawn(UPPER, 16)}`],
    ['aws-key', 'AKIAAAAAAAAAAAAAAAAA'],
    ['ai-key', 'sk-loading-spinner-circle-fade-dot-1'],
    ['ai-key', 'hf_hub_download_and_extract_everything'],
    ['provider-key', `SG.${'a'.repeat(22)}.${'a'.repeat(43)}`],
    ['provider-key', 'SKU0123456789'],
    ['provider-key', 'key-value-store-of-the-gate'],
    ['provider-key', 'pattern.exec(text)'],
    ['gcp-key', 'AIzaSyABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789x'],
  ])('is nothing to %s: %s', (detector, text) => {
    expect(found(detector, text)).toEqual([]);
  });
});

describe('a checksum', () => {
  it('makes a token sure even where letters follow', () => {
    const token = `ghp_${checksummed(9)}`;
    expect(found('github-token', `${token}and more`)).toEqual([token]);
    expect(found('github-token', `ghp_${drawn(WORD, 36)}and more`)).toEqual([]);
    expect(found('npm-token', `npm_${checksummed(8)}end`)).toEqual([`npm_${checksummed(8)}`]);
  });

  it('that is wrong does not let a token through that looks random', () => {
    const token = `ghp_${drawn(WORD, 36)}`;
    expect(found('github-token', `see ${token}.`)).toEqual([token]);
  });
});

describe('npm-token', () => {
  it.each([
    [`//registry.example.com/:_authToken=${uuid}`, uuid],
    [
      `//npm.example.com/:_auth = "${btoa('ci:Tr0ub4dor')}"`,
      btoa('ci:Tr0ub4dor').replaceAll('=', ''),
    ],
  ])('finds what an .npmrc holds: %s', (text, secret) => {
    expect(found('npm-token', text).map((value) => value.replaceAll('=', ''))).toEqual([secret]);
  });

  it('leaves a reference to the environment', () => {
    const variable = '$' + '{NPM_TOKEN}';
    expect(found('npm-token', `//registry.example.com/:_authToken=${variable}`)).toEqual([]);
  });
});

it('finds webhook addresses of Discord and Teams by what opens them', () => {
  const discord = `${drawn('123456789', 18)}/${drawn(BASE64URL, 68)}`;
  expect(found('provider-key', `https://discord.com/api/webhooks/${discord}`)).toEqual([discord]);
  const office = `${uuid}@${uuid}/IncomingWebhook/${drawn(HEX, 32)}/${uuid}`;
  expect(found('provider-key', `https://acme.webhook.office.com/webhookb2/${office}`)).toEqual([
    office,
  ]);
});

it('finds no token in long base64', () => {
  const blob = drawn(BASE64, 20_000, 3);
  for (const [detector] of tokens) expect(found(detector, blob)).toEqual([]);
});
