import type { Mark, SecretKind } from './mark.ts';
import { tokenMark } from './token-mark.ts';
import { wordBegins } from './word-begins.ts';

const HEX = '[0-9a-f]';
const WORD = '[A-Za-z0-9]';

/** Sending: mail, text messages, chat. */
const messaging: readonly Mark[] = [
  tokenMark('SG.', '[\\w-]{20,24}\\.[\\w-]{39,50}'),
  tokenMark('key-', `${HEX}{32}`),
  tokenMark('xkeysib-', `${HEX}{64}-${WORD}{16}`),
  ...[...'0123456789abcdef'].map((digit) => tokenMark(`SK${digit}`, `${HEX}{31}`)),
  // Discord: the id of a bot in base64, a time, a digest.
  ...idBeginnings().map((word) =>
    tokenMark(word, '\\w{19,26}\\.[\\w-]{6}\\.[\\w-]{27,40}(?![\\w-])'),
  ),
  tokenMark('mfa.', '[\\w-]{80,90}(?![\\w-])'),
  ...['discord.com/api/', 'discordapp.com/api/'].map((word) =>
    address(word, /(?:v\d{1,2}\/)?webhooks\/(\d{17,20}\/[\w-]{60,80})/dy),
  ),
  address('.webhook.office.com/', /webhookb2\/([\w@-]{70,80}\/IncomingWebhook\/[\w/-]{60,90})/dy),
  address('outlook.office.com/', /webhook\/([\w@-]{70,80}\/IncomingWebhook\/[\w/-]{60,90})/dy),
  address('api.telegram.org/', /(?:file\/)?bot(\d{6,12}:[\w-]{30,40})/dy),
  // Telegram: the id of a bot, a colon, and 35 characters of which the first two are always AA.
  partsMark(':AA', 12, /\d{7,12}$/, /:AA[\w-]{33}(?![\w-])/y),
  // Mailchimp: the data centre stands at the end.
  partsMark('-us', 32, /[0-9a-f]{32}$/, /-us\d{1,2}(?!\w)/y),
];

/** Computing, databases, networks. */
const hosting: readonly Mark[] = [
  ...['dop_v1_', 'doo_v1_', 'dor_v1_'].map((word) => tokenMark(word, `${HEX}{64}`)),
  tokenMark('HRKU-', '[\\w-]{36,80}'),
  tokenMark('dapi', `${HEX}{32}(?:-\\d)?`),
  ...['hvs.', 'hvb.', 'hvr.'].map((word) => tokenMark(word, '[\\w-]{20,300}')),
  partsMark('.atlasv1.', 14, /\w{14}$/, /\.atlasv1\.[\w=-]{60,70}(?![\w=-])/y),
  ...['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'].map((word) =>
    tokenMark(word, `(?:[a-z0-9_-]{2,35}\\.)?${WORD}{40,44}`),
  ),
  tokenMark('pul-', `${HEX}{40}`),
  ...['fo1_', 'fm1a_', 'fm1r_', 'fm2_'].map((word) => tokenMark(word, '[\\w+/-]{43,600}={0,3}')),
  ...['pscale_tkn_', 'pscale_oauth_', 'pscale_pw_'].map((word) =>
    tokenMark(word, '[\\w=.-]{31,63}[\\w=-]'),
  ),
  tokenMark('LTAI', `${WORD}{16,20}`),
  tokenMark('v1.0-', `${HEX}{24}-${HEX}{146}`),
  tokenMark('sbp_', `${HEX}{40}`),
  tokenMark('sb_secret_', '[\\w-]{22,60}'),
  tokenMark('nfp_', `${WORD}{36,40}`),
  tokenMark('vercel_blob_rw_', `${WORD}{16}_${WORD}{30}`),
  tokenMark('rnd_', `${WORD}{28,40}`),
  tokenMark('napi_', `[a-z0-9]{60,70}`),
  tokenMark('tskey-', '(?:auth|api|client|scim|webhook)-[\\w-]{16,80}'),
  tokenMark('sha256~', '[\\w-]{43}(?![\\w-])'),
  tokenMark('4b1d', `${WORD}{38}`),
  tokenMark('ops_eyJ', '[A-Za-z0-9+/]{250,3000}={0,3}'),
  tokenMark('AKCp', `${WORD}{69}`),
  tokenMark('cmVmdGtu', `${WORD}{50,60}`),
];

/** Code, packages, tracking, monitoring. */
const development: readonly Mark[] = [
  ...['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'].map((word) =>
    tokenMark(word, '[\\w-]{50,1000}'),
  ),
  ...['dckr_pat_', 'dckr_oat_'].map((word) => tokenMark(word, '[\\w-]{20,60}')),
  tokenMark('rubygems_', `${HEX}{48}`),
  tokenMark('CLOJARS_', '[a-z0-9]{60}'),
  tokenMark('oy2', '[a-z0-9]{43}'),
  tokenMark('cio', `${WORD}{32}`),
  ...['ATATT3', 'ATCTT3', 'ATBB'].map((word) => tokenMark(word, '[\\w=-]{24,250}')),
  tokenMark('lin_api_', `${WORD}{40}`),
  tokenMark('lin_oauth_', `${HEX}{64}`),
  tokenMark('ntn_', `${WORD}{40,60}`),
  tokenMark('secret_', `${WORD}{43}`),
  tokenMark('PMAK-', `${HEX}{24}-${HEX}{34}`),
  tokenMark('figd_', '[\\w-]{40,60}'),
  tokenMark('sntrys_', '[\\w+/=]{60,500}'),
  tokenMark('sntryu_', `${HEX}{64}`),
  tokenMark('glsa_', `${WORD}{32}_[0-9A-Fa-f]{8}`),
  tokenMark('glc_', '[A-Za-z0-9+/]{32,400}={0,3}'),
  tokenMark('eyJrIjoi', `${WORD}{60,400}={0,3}`),
  ...['NRAK-', 'NRII-', 'NRJS-', 'NRRA-'].map((word) => tokenMark(word, '[A-Za-z0-9_-]{19,48}')),
  ...['sqp_', 'sqa_', 'squ_'].map((word) => tokenMark(word, `${HEX}{40}`)),
  tokenMark('dt0c01.', '[A-Z0-9]{24}\\.[A-Z0-9]{64}'),
  tokenMark('dt0s01.', '[A-Z0-9]{8}\\.[A-Z0-9]{64}'),
  tokenMark('sgp_', `(?:${HEX}{16}_|local_)?${HEX}{40}`),
  tokenMark('bkua_', `${HEX}{40}`),
  tokenMark('CCIPAT_', `${WORD}{22}_${HEX}{40}`),
  tokenMark('API-', '[A-Z0-9]{26,32}'),
  tokenMark('pnu_', `${WORD}{36}`),
  tokenMark('rdme_', '[a-z0-9]{70}'),
  tokenMark('phx_', `${WORD}{40,50}`),
  tokenMark('pat', `${WORD}{14}\\.${HEX}{64}`),
  tokenMark('A3-', '[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}'),
  tokenMark('snyk_', '(?:uat|sat)\\.[\\w.-]{30,200}[\\w-]'),
];

/** Selling, paying, sending parcels. */
const commerce: readonly Mark[] = [
  ...['shpat_', 'shpca_', 'shppa_', 'shpss_'].map((word) => tokenMark(word, '[0-9A-Fa-f]{32}')),
  ...['sq0atp-', 'sq0csp-'].map((word) => tokenMark(word, '[\\w-]{22,60}')),
  tokenMark('EAAA', '[\\w-]{56,60}(?![\\w-])'),
  ...['shippo_live_', 'shippo_test_'].map((word) => tokenMark(word, '[0-9a-fA-F]{40}')),
  ...['EZAK', 'EZTK'].map((word) => tokenMark(word, `${WORD}{54}`)),
  ...['access-sandbox-', 'access-development-', 'access-production-'].map((word) =>
    tokenMark(word, `${HEX}{8}(?:-${HEX}{4}){3}-${HEX}{12}`),
  ),
  tokenMark('access_token$production$', `[a-z0-9]{16}\\$${HEX}{32}`),
  ...['EAACEdEose0cBA', 'EAAC', 'EAAM', 'EAAG'].map((word) => tokenMark(word, `${WORD}{80,400}`)),
  ...['pat-na1-', 'pat-na2-', 'pat-eu1-'].map((word) =>
    tokenMark(word, `${HEX}{8}(?:-${HEX}{4}){3}-${HEX}{12}`),
  ),
  ...['FLWSECK_TEST-', 'FLWSECK-'].map((word) => tokenMark(word, '[a-h0-9]{12,32}(?:-X)?')),
  ...['rzp_live_', 'rzp_test_'].map((word) => tokenMark(word, `${WORD}{14}`)),
];

/**
 * Keys and tokens of other services that can be told by how they begin: SendGrid, Twilio, Discord, Telegram,
 * DigitalOcean, Heroku, Databricks, Vault, Terraform, PyPI, Docker Hub, Shopify, Square and some sixty more.
 */
export const providerKey: SecretKind = {
  name: 'provider-key',
  needs: { length: 18 },
  marks: [...messaging, ...hosting, ...development, ...commerce],
};

/** An address of which one part is the secret. */
function address(word: string, rest: RegExp): Mark {
  return {
    word,
    inside: true,
    spanAt(text, at) {
      rest.lastIndex = at + word.length;
      const found = rest.exec(text)?.indices?.[1];
      return found && { start: found[0], end: found[1] };
    },
  };
}

/** A token with a part of so many characters at most before the word that it is known by. */
function partsMark(word: string, most: number, before: RegExp, rest: RegExp): Mark {
  return {
    word,
    inside: true,
    spanAt(text, at, floor) {
      rest.lastIndex = at;
      if (!rest.test(text)) return undefined;
      const part = before.exec(text.slice(Math.max(floor, at - most), at))?.[0];
      const start = at - (part?.length ?? 0);
      return start < at && wordBegins(text, start) ? { start, end: rest.lastIndex } : undefined;
    },
  };
}

/** What base64 of a decimal number begins with. */
function idBeginnings(): string[] {
  return Array.from({ length: 90 }, (_, i) => btoa(String(i + 10)).slice(0, 3));
}
