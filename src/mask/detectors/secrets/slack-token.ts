import type { Mark, SecretKind } from './mark.ts';
import { tokenMark } from './token-mark.ts';

// https://docs.slack.dev/authentication/tokens: a letter for each kind of token.
const prefixes = ['xoxa-', 'xoxb-', 'xoxc-', 'xoxd-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-'];
const WEBHOOK = /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{20,100}/y;

/** A hook's address is all that one needs to write to the channel, so it is masked whole. */
const webhook: Mark = {
  word: 'hooks.slack.com/',
  spanAt(text, at, floor) {
    WEBHOOK.lastIndex = at;
    if (!WEBHOOK.test(text)) return undefined;
    const scheme = /https?:\/\/$/.exec(text.slice(Math.max(floor, at - 8), at))?.[0] ?? '';
    return { start: at - scheme.length, end: WEBHOOK.lastIndex };
  },
};

/** Tokens of Slack (bot, user, app, session, configuration) and addresses of its incoming webhooks. */
export const slackToken: SecretKind = {
  name: 'slack-token',
  needs: { length: 15 },
  marks: [
    ...prefixes.map((word) => tokenMark(word, '[A-Za-z0-9%-]{10,250}')),
    tokenMark('xoxe.xox', '[bp]-\\d-[A-Za-z0-9]{100,250}'),
    tokenMark('xapp-', '\\d-[A-Za-z0-9]{5,20}-\\d{5,20}-[A-Za-z0-9]{20,100}'),
    tokenMark('xwfp-', '[A-Za-z0-9-]{20,250}'),
    webhook,
  ],
};
