import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { GateError } from '../../src/model/errors.ts';
import { formatProblem } from '../../src/model/position.ts';

const one = 'upstreams: { a: { url: "http://x.test/mcp" } }\n';
const roles = 'roles: { admin: ["group:ops"] }';
const parse = (text: string) => parseConfig(one + text, 's.yaml', { TOKEN: 'Bearer x' });

function problemsOf(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof GateError) return error.problems.map(formatProblem);
  }
  return [];
}

describe('where policies come from', () => {
  it.each([
    ['', { directory: 'policies', poll: 2_000 }],
    ['policies: {}', { directory: 'policies', poll: 2_000 }],
    ['policies: { directory: rules }', { directory: 'rules', poll: 2_000 }],
    [
      'policies: { git: "https://git.test/x.git" }',
      {
        ...{ git: 'https://git.test/x.git', ref: 'main', path: 'policies', every: 60_000 },
        mirror: '.sallyport/policies.git',
      },
    ],
    [
      `policies: { pushed: { keys: [k.pub] } }\nadmin: { ${roles} }`,
      { pushed: { directory: '.sallyport/pushed', keys: ['k.pub'], keep: 20 } },
    ],
  ])('is one of three things: %s', (text, expected) => {
    expect(parse(text).policies).toEqual(expected);
  });

  it.each([
    'https://git.test/x.git',
    'https://user:pass@git.test/x.git',
    'ssh://git@git.test/x.git',
    'git@git.test:team/x.git',
    'file:///srv/x.git',
    '../x.git',
    'http://127.0.0.1/x.git',
  ])('may be a repository such as %s', (git) => {
    expect(parse(`policies: { git: "${git}" }`).policies).toMatchObject({ git });
  });

  const remote =
    '2:18 error CONFIG_INVALID_VALUE policies.git must be an https://, ssh:// or file:// URL, HOST:PATH or a path (http:// is for loopback only)';
  const kinds =
    '2:11 error CONFIG_INVALID_VALUE policies needs one of directory, git and pushed, with its own keys';
  it.each([
    ['policies: { git: "ext::sh -c id" }', remote],
    ['policies: { git: "git://x.test/y" }', remote],
    ['policies: { git: "http://x.test/y" }', remote],
    ['policies: { git: "--upload-pack=id" }', remote],
    ['policies: { git: "" }', remote],
    [
      'policies: { git: x, ref: "-x" }',
      '2:26 error CONFIG_INVALID_VALUE policies.ref must be the name of a branch or tag, or a full commit id',
    ],
    [
      'policies: { git: x, ref: "a..b" }',
      '2:26 error CONFIG_INVALID_VALUE policies.ref must be the name of a branch or tag, or a full commit id',
    ],
    [
      'policies: { git: x, path: ../y }',
      '2:27 error CONFIG_INVALID_VALUE policies.path must be a relative path without ".."',
    ],
    [
      'policies: { git: x, every: 1 }',
      '2:28 error CONFIG_INVALID_VALUE policies.every must be a number with a unit (ms, s, m, h, d), such as 30s',
    ],
    [
      'policies: { git: "git@h:x", authorization: env:TOKEN }',
      '2:44 error CONFIG_INVALID_VALUE policies.authorization is for https:// only',
    ],
    [
      'policies: { git: x, poll: 1s }',
      '2:21 error CONFIG_UNKNOWN_KEY policies has no key "poll"; policies comes from one of directory, git and pushed',
    ],
    [
      'policies: { directory: x, git: y }',
      '2:13 error CONFIG_UNKNOWN_KEY policies comes from one of directory, git and pushed',
    ],
    ['policies: [a]', kinds],
    ['policies: { ref: main }', '2:11 error CONFIG_MISSING_KEY policies.git is missing'],
    [
      'policies: { directry: x }',
      '2:13 error CONFIG_UNKNOWN_KEY policies has no key "directry"; did you mean "directory"?',
    ],
    [
      'policies: { git: x, reff: y }',
      '2:21 error CONFIG_UNKNOWN_KEY policies has no key "reff"; did you mean "ref"?',
    ],
    [
      `policies: { pushed: { keys: [] } }\nadmin: { ${roles} }`,
      '2:29 error CONFIG_INVALID_VALUE policies.pushed.keys must not be empty',
    ],
    [
      `policies: { pushed: { keys: [k], kep: 1 } }\nadmin: { ${roles} }`,
      '2:34 error CONFIG_UNKNOWN_KEY policies.pushed has no key "kep"; did you mean "keep"?',
    ],
    [
      'policies: { pushed: { keys: [k] } }',
      '2:21 error CONFIG_INVALID_VALUE policies.pushed needs the admin API: set admin.roles, and whom they are for',
    ],
  ])('is refused with its place and a way out: %s', (text, expected) => {
    expect(problemsOf(text)).toEqual([`s.yaml:${expected}`]);
  });
});

describe('the admin API', () => {
  it('has no other roles than those that there are', () => {
    expect(problemsOf('admin: { roles: { root: ["group:ops"] } }')).toContain(
      's.yaml:2:19 error CONFIG_UNKNOWN_KEY admin.roles has no key "root"; known: admin, approver, auditor, publisher, viewer',
    );
  });

  it('is off unless configured, and then on loopback', () => {
    expect(parse('').admin).toBeUndefined();
    expect(parse(`admin: { ${roles} }`).admin?.listen).toEqual({ host: '127.0.0.1', port: 7_412 });
  });

  it.each([
    [
      'admin: {}',
      '2:8 error CONFIG_INVALID_VALUE admin gives no role to anybody, so nobody could use it: set admin.roles',
    ],
    [
      'admin: { roles: { admin: [ops] } }',
      '2:27 error CONFIG_INVALID_VALUE admin.roles.admin.0 must be group:NAME or user:SUB',
    ],
    [
      `admin: { listen: { host: 0.0.0.0 }, ${roles} }`,
      '2:18 error CONFIG_INVALID_VALUE admin.listen listens beyond loopback: set admin.public_url to what is called',
    ],
  ])('is refused with its place and a way out: %s', (text, expected) => {
    expect(problemsOf(text)).toEqual([`s.yaml:${expected}`]);
  });
});
