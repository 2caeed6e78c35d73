import { checksummedMark } from './checksummed-mark.ts';
import type { SecretKind } from './mark.ts';
import { tokenMark } from './token-mark.ts';

const prefixes = ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'];
/** Newer tokens of apps are longer, and may have parts. */
const LONG = '[A-Za-z0-9][A-Za-z0-9_.-]{39,600}[A-Za-z0-9_-]';

/** Tokens of GitHub: personal (classic and fine-grained), OAuth, user-to-server, server-to-server, refresh. */
export const githubToken: SecretKind = {
  name: 'github-token',
  needs: { length: 40, characters: '_' },
  marks: [
    ...prefixes.map(checksummedMark),
    ...prefixes.map((word) => tokenMark(word, LONG)),
    tokenMark('github_pat_', '[A-Za-z0-9]{22}_[A-Za-z0-9]{59}'),
  ],
};
