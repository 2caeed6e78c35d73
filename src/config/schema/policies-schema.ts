import * as z from 'zod';
import { count, isSecureOrLoopback, span } from './schema-values.ts';

const directorySource = z
  .strictObject({
    directory: z
      .string()
      .default('policies')
      .describe('Folder of policy files, searched with its sub-folders.'),
    poll: span.prefault('2s').describe('How often to look for changes that no file event told of.'),
  })
  // All of its keys have defaults, so that a key which it lacks must speak against this kind.
  .check(({ issues }) => {
    for (const issue of issues) Object.assign(issue, { continue: false });
  });

const gitSource = z
  .strictObject({
    git: z
      .string()
      .refine(isGitRemote, {
        error:
          'must be an https://, ssh:// or file:// URL, HOST:PATH or a path (http:// is for loopback only)',
      })
      .describe('Git repository: a URL (https, ssh, file) or a path.'),
    ref: z
      .string()
      .regex(/^(?![-/.])(?!.*(?:\.\.|@\{|\/\/))[\w./@+#-]{1,250}(?<![/.])$/, {
        error: 'must be the name of a branch or tag, or a full commit id',
      })
      .default('main')
      .describe('Branch, tag or commit.'),
    path: z
      .string()
      .refine(isInside, { error: 'must be a relative path without ".."' })
      .default('policies')
      .describe('Folder in the repository; `.` is all of it.'),
    every: span.prefault('1m').describe('How often to fetch.'),
    mirror: z
      .string()
      .min(1)
      .default('.sallyport/policies.git')
      .describe('Folder of the local copy, which serves where the repository cannot be reached.'),
    authorization: z
      .string()
      .regex(/^[\x20-\x7e]+$/, { error: 'must be one line' })
      .optional()
      .describe('Value of the Authorization header, over https; `env:NAME` reads a variable.'),
  })
  .refine(({ git, authorization }) => authorization === undefined || /^https?:/.test(git), {
    path: ['authorization'],
    error: 'is for https:// only',
  });

const pushKey = z.union([z.string().min(1), z.record(z.string(), z.string())], {
  error: 'must be a PEM file, base64, or a JWK',
});

const pushedSource = z.strictObject({
  pushed: z
    .strictObject({
      directory: z
        .string()
        .min(1)
        .default('.sallyport/pushed')
        .describe('Folder that keeps what was pushed.'),
      keys: z
        .array(pushKey)
        .min(1)
        .describe('Ed25519 public keys, one of which must have signed: PEM files, base64 or JWKs.'),
      keep: count.default(20).describe('How many revisions stay to go back to.'),
    })
    .describe('Policies come by `sallyport push` to the admin API.'),
});

/** Where policies come from: one of three kinds. */
export const policiesSchema = z
  .union([directorySource, gitSource, pushedSource], {
    error: 'needs one of directory, git and pushed, with its own keys',
  })
  .prefault({});

/** What git would run, or trust without proof, is no remote here. */
function isGitRemote(text: string): boolean {
  if (text === '' || text.startsWith('-') || /\p{Cc}/u.test(text) || text.includes('::'))
    return false;
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return true;
  return (
    /^(?:https|ssh|file|http):\/\//.test(text) &&
    (!text.startsWith('http:') || isSecureOrLoopback(text))
  );
}

function isInside(path: string): boolean {
  const isOdd = path.startsWith('/') || path.split('/').includes('..') || /[\p{Cc}\\:]/u.test(path);
  return path !== '' && !isOdd;
}
