import type { SecretKind } from './mark.ts';
import { tokenMark } from './token-mark.ts';

// https://docs.gitlab.com/security/tokens/#token-prefixes. An instance may put a prefix of its own before them.
const prefixes = [
  ...['glpat-', 'gloas-', 'gldt-', 'glrt-', 'glrtr-', 'glcbt-', 'glptt-', 'glft-', 'glimt-'],
  ...['glagent-', 'glwt-', 'glsoat-', 'glffct-'],
];
/** Routable tokens have parts after a dot: the length of the payload, and a checksum. */
const BODY = '[\\w-]{20,300}(?:\\.[\\w]{2}\\.?[0-9a-z]{7})?';

/** Tokens of GitLab: personal, group, project, deploy, runner, trigger, feed, agent and others. */
export const gitlabToken: SecretKind = {
  name: 'gitlab-token',
  needs: { length: 25 },
  marks: [
    ...prefixes.map((word) => tokenMark(word, BODY)),
    tokenMark('GR1348941', '[\\w-]{20,60}'),
    tokenMark('_gitlab_session=', '[0-9a-f]{32}', { inside: true }),
  ],
};
