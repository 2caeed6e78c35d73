import { effects } from '../../model/decision.ts';
import type { JsonObject } from '../../model/json.ts';
import { problemCodes } from '../check/problem-codes.ts';
import { API_VERSION } from '../parse/parse.ts';
import { rootNames } from '../roots.ts';
import { targetKinds } from '../subject.ts';
import { approvalSchema } from './json-schema-approval.ts';
import { detectorsSchema, maskSchema, revealSchema } from './json-schema-mask.ts';
import { TESTS, testsSchema } from './json-schema-operators.ts';
import { about, closed, DURATION, oneOrMany, TEXT, TEXTS } from './json-schema-parts.ts';

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/** The JSON Schema of policy files, for editors. It knows keys and types; `sallyport check` knows the rest. */
export function policySchema(): JsonObject {
  return {
    $schema: DRAFT,
    title: 'Sallyport policy',
    ...closed(
      'Rules on the messages of the Model Context Protocol. The order of rules and files never matters.',
      {
        apiVersion: about('Version of the language.', { const: API_VERSION }),
        upstreams: about('Names or globs of the upstreams; left out: all.', TEXTS),
        detectors: detectorsSchema(),
        rules: { type: 'array', items: { $ref: '#/$defs/rule' } },
        silence: about('Warnings that are accepted for every rule here.', SILENCES),
      },
      ['apiVersion'],
    ),
    anyOf: [{ required: ['rules'] }, { required: ['detectors'] }],
    $defs: {
      rule: ruleSchema(),
      condition: conditionSchema(),
      tests: testsSchema(),
      mask: maskSchema(),
      reveal: revealSchema(),
      limit: limitSchema(),
      silence: silenceSchema(),
    },
  };
}

const SILENCES = oneOrMany({ $ref: '#/$defs/silence' });
/** Names, or maps, or a list of them. */
const REVEALS = oneOrMany({ anyOf: [TEXT, { $ref: '#/$defs/reveal' }] });
const CONDITION: JsonObject = { $ref: '#/$defs/condition' };

function ruleSchema(): JsonObject {
  return closed(
    'What is to be done with some messages.',
    {
      id: about('Unique across all files; stands in refusals and transcripts.', {
        type: 'string',
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$',
      }),
      on: about('Which messages the rule is about; left out: all.', {
        type: 'object',
        minProperties: 1,
        additionalProperties: false,
        properties: Object.fromEntries(targetKinds.map((kind) => [kind, TEXTS])),
      }),
      when: about('Under which condition; left out: always.', CONDITION),
      then: about('Block beats approve beats allow; left out: the rule grants nothing.', {
        enum: [...effects],
      }),
      approval: approvalSchema(),
      mask: about('What is masked.', oneOrMany({ $ref: '#/$defs/mask' })),
      reveal: about('Which tokens are given back to the upstream.', REVEALS),
      limit: about('How often messages may go on.', oneOrMany({ $ref: '#/$defs/limit' })),
      mode: about('Shadow: judged and recorded, but changes nothing.', {
        enum: ['enforce', 'shadow'],
      }),
      denial: about('Hide: a refusal looks as if the target did not exist.', {
        enum: ['explain', 'hide'],
      }),
      reason: about('A sentence for the caller, the model and the transcript.', TEXT),
      silence: about('Warnings that are accepted here.', SILENCES),
    },
    ['id'],
  );
}

/** Roots become properties, for completion; those that a path goes on from become patterns. */
function conditionSchema(): JsonObject {
  const exact = rootNames.filter((name) => !name.endsWith('.*'));
  const open = rootNames.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -2));
  const oneOf = (names: readonly string[]) => names.map((n) => n.replaceAll('.', '\\.')).join('|');
  const paths = `^(?:(?:${oneOf(open)})(?:[.[]|$)|(?:${oneOf(exact)})[.[])`;
  return {
    description: 'Paths and combinators, all of which must hold.',
    type: 'object',
    minProperties: 1,
    additionalProperties: false,
    properties: {
      all: about('Each of these holds.', { type: 'array', minItems: 1, items: CONDITION }),
      any: about('One of these holds.', { type: 'array', minItems: 1, items: CONDITION }),
      not: about('This does not hold.', CONDITION),
      cel: about('An expression of the Common Expression Language.', TEXT),
      ...Object.fromEntries(exact.map((name) => [name, TESTS])),
    },
    patternProperties: { [paths]: TESTS },
  };
}

function limitSchema(): JsonObject {
  return closed(
    'In any span of so long, at most so many calls.',
    {
      calls: about('How many calls.', { type: 'integer', minimum: 1 }),
      per: about('In which span: 30s, 15m, 1h, 1d.', DURATION),
      by: about('Each combination of these values has its own count; default: the caller.', TEXTS),
    },
    ['calls', 'per'],
  );
}

function silenceSchema(): JsonObject {
  const codes = [...problemCodes].flatMap(([code, { severity }]) =>
    severity === 'warning' && code !== 'POLICY_SILENCE_UNUSED' ? [code] : [],
  );
  return closed(
    'A warning that somebody has looked at and accepts.',
    { code: { enum: codes }, reason: { type: 'string', pattern: '\\S' } },
    ['code', 'reason'],
  );
}
