import { describe, expect, it } from 'vitest';
import { type Json, parseJson } from '../../src/model/json.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { judgeCondition } from '../support/policies.ts';

/** Where a reader of docs/policy-language.md expects a block, and a careless engine would let the message by. */
const passesBlock: readonly [expected: string, when: object, args: string][] = [
  [
    'blocks what belongs to nobody where it must belong to ana ("ne" is true of what is absent)',
    { 'args.files[*].owner': { ne: 'ana' } },
    '{ "files": [{ "owner": "ana" }, {}] }',
  ],
  [
    'blocks an element without a member that must be there',
    { 'args.files[*].checksum': 'absent' },
    '{ "files": [{ "checksum": "x" }, {}] }',
  ],
  [
    'blocks a text where a list was expected, with "**" below each element as without',
    { 'args.files[*].**': { matches: 'secret' } },
    '{ "files": "secret" }',
  ],
  [
    'blocks a text where an object was expected on the way to "**"',
    { 'args.files[*].body.**': { matches: 'secret' } },
    '{ "files": ["secret"] }',
  ],
  [
    'counts an emoji as the one character that "?" is, as "length" does',
    { 'args.name': { glob: 'drop-?' } },
    '{ "name": "drop-\\ud83d\\ude00" }',
  ],
  [
    'blocks an address however the URL writes it, as "cidr" does',
    { 'args.url': { url_host: '169.254.169.254' } },
    '{ "url": "http://[::ffff:169.254.169.254]/latest/meta-data" }',
  ],
  [
    'looks at names of members beside another operator that all text passes',
    { 'args.**': { matches: 'drop', type: 'string' } },
    '{ "drop table": 1 }',
  ],
];

describe('a block', () => {
  for (const [expected, when, args] of passesBlock) {
    it(expected, () => {
      expect(judgeCondition(when, { args: parseJson(args) as Json })).not.toBe('fails');
    });
  }
});

/** Operands that can't mean what they say, and load without a word. */
const silent: readonly [expected: string, when: string][] = [
  ['a whole number that a double rounds to another', '{ args.id: { eq: 9007199254740993 } }'],
  ['one of those in a list', '{ args.id: { in: [9007199254740993] } }'],
  ['one to be found in a list', '{ args.ids: { contains: 9007199254740993 } }'],
  ['a bound that is no number', '{ args.amount: { gt: .nan } }'],
  ['a value that equals nothing, not even itself', '{ args.amount: { eq: .nan } }'],
  ['an empty list of beginnings', '{ args.name: { starts_with: [] } }'],
  ['an empty list of folders', '{ args.path: { path_within: [] } }'],
  ['a folder above where paths begin', '{ args.path: { path_within: ../etc } }'],
  ['"absent" at any depth, which nothing ever is', '{ "args.**.token": absent }'],
];

describe('the compiler', () => {
  for (const [expected, when] of silent) {
    it(`objects to ${expected}`, () => {
      const head =
        'apiVersion: sallyport/v1\nupstreams: [db]\nrules:\n  - id: a\n    on: { tools: [a] }';
      const text = `${head}\n    when: ${when}\n    then: block\n`;
      const { problems } = compilePolicies([{ file: 'p.yaml', text }]);
      expect(problems).not.toEqual([]);
    });
  }
});
