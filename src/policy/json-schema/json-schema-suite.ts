import { effects } from '../../model/decision.ts';
import type { JsonObject } from '../../model/json.ts';
import { about, closed, oneOrMany, TEXT, TEXTS } from './json-schema-parts.ts';

const OBJECT: JsonObject = { type: 'object' };
const IDS: JsonObject = { type: 'array', items: TEXT };

/** The JSON Schema of test files, for editors. */
export function suiteSchema(): JsonObject {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Sallyport policy tests',
    ...closed(
      'Cases for policies, which "sallyport test" runs.',
      {
        policies: about('Policy files; left out: the one of the same name.', TEXTS),
        identities: about('Who calls, by a name of your choice.', {
          type: 'object',
          additionalProperties: { $ref: '#/$defs/identity' },
        }),
        cases: { type: 'array', items: { $ref: '#/$defs/case' } },
      },
      ['cases'],
    ),
    $defs: {
      identity: identitySchema(),
      case: caseSchema(),
      call: callSchema(),
      list: listSchema(),
      expect: expectSchema(),
    },
  };
}

function identitySchema(): JsonObject {
  return closed('An identity as its token says it.', {
    sub: about('Default: the name.', TEXT),
    issuer: TEXT,
    email: TEXT,
    groups: TEXTS,
    scopes: TEXTS,
    client: TEXT,
    actor: TEXT,
    claims: OBJECT,
  });
}

function caseSchema(): JsonObject {
  return {
    ...closed(
      'One message or list, and what is expected of it.',
      {
        name: about('What the case shows.', TEXT),
        as: about('One of the identities.', TEXT),
        client: closed('What the client says of itself.', { name: TEXT, version: TEXT }),
        request: closed('Facts of the request.', {
          time: about('Such as 2026-01-01T12:00:00Z, which is the default.', TEXT),
          ip: TEXT,
          protocol: TEXT,
          meta: OBJECT,
        }),
        call: { $ref: '#/$defs/call' },
        tokens: tokensSchema(),
        result: about('What the upstream answers.', {}),
        error: closed('The error that the upstream answers with.', {
          code: { type: 'number' },
          message: TEXT,
          data: {},
        }),
        list: { $ref: '#/$defs/list' },
        expect: { $ref: '#/$defs/expect' },
      },
      ['as', 'expect'],
    ),
    oneOf: [{ required: ['call'] }, { required: ['list'] }],
  };
}

/** A map is always the long form. */
function tokensSchema(): JsonObject {
  return {
    description: 'Tokens that the caller has, each with what it stands for.',
    type: 'object',
    propertyNames: { type: 'string', pattern: '^[a-z0-9-]{1,32}:[0-9a-hjkmnp-tv-z]{16}$' },
    additionalProperties: {
      anyOf: [
        { type: ['string', 'number', 'boolean', 'null', 'array'] },
        closed('With a scope.', { value: {}, scope: TEXT }, ['value']),
      ],
    },
  };
}

const FACTS: Readonly<Record<string, JsonObject>> = {
  title: TEXT,
  description: TEXT,
  annotations: OBJECT,
  flags: about('What is odd about its definition.', TEXTS),
};

function callSchema(): JsonObject {
  const one = ['tool', 'resource', 'prompt', 'method'];
  return {
    ...closed(
      'A message.',
      {
        upstream: TEXT,
        tool: TEXT,
        resource: about('A URI.', TEXT),
        prompt: TEXT,
        method: about('A JSON-RPC method, also one of a server or a notification.', TEXT),
        args: about('Arguments of a tool or prompt, params of another method.', OBJECT),
        annotations: about('Annotations of the tool.', OBJECT),
        facts: closed('What the upstream says of the tool.', { name: TEXT, ...FACTS }),
      },
      ['upstream'],
    ),
    anyOf: one.map((name) => ({ required: [name] })),
  };
}

function listSchema(): JsonObject {
  const tool = {
    anyOf: [TEXT, closed('A tool and what is said of it.', { name: TEXT, ...FACTS }, ['name'])],
  };
  return closed(
    'What an upstream lists.',
    { upstream: TEXT, tools: oneOrMany(tool), resources: TEXTS, prompts: TEXTS },
    ['upstream'],
  );
}

function expectSchema(): JsonObject {
  return {
    ...closed('What is expected; what is not named is not looked at.', {
      effect: { enum: [...effects] },
      rule: about('The rule that decides; null: none.', { type: ['string', 'null'] }),
      approvals: about('Rules that ask for approval, all of which must be satisfied.', IDS),
      would: about('Shadow rules that match.', IDS),
      limits: about('Rules whose limits count the call.', IDS),
      output: about('The result as the caller gets it; null: withheld.', {}),
      args: about('The arguments as they are recorded: masked, with tokens.', {}),
      sent: about('The arguments as the upstream gets them; null: it gets none.', {}),
      visible: about('The names that are left of a list.', IDS),
    }),
    minProperties: 1,
  };
}
