import type { Problem } from '../../model/position.ts';

/** What a code stands for. */
export interface ProblemCode {
  readonly severity: Problem['severity'];
  readonly means: string;
  /** What to do about it. */
  readonly advice: string;
  /** It needs the definitions of tools, so a check without them can't tell whether it is there. */
  readonly needsTools?: true;
}

const error = (means: string, advice: string): ProblemCode => ({
  severity: 'error',
  means,
  advice,
});
const warning = (means: string, advice: string): ProblemCode => ({
  severity: 'warning',
  means,
  advice,
});

const errors = {
  DOCUMENT_SYNTAX: error(
    'The file is no YAML: bad indentation, a key twice, an unknown anchor.',
    'Correct the file at the place that is named.',
  ),
  DOCUMENT_TOO_LARGE: error('The file exceeds 1 MiB.', 'Split it.'),
  DOCUMENT_TOO_COMPLEX: error(
    'The file holds too many values, or nests them too deeply.',
    'Split it, or use fewer anchors.',
  ),
  DOCUMENT_DUPLICATE_KEY: error('A key stands twice in one map.', 'Remove one of them.'),
  DOCUMENT_MERGE_KEY: error(
    'A merge key ("<<") is used.',
    'Write the keys out, or use anchors for whole values.',
  ),
  DOCUMENT_TAG: error('A value has a YAML tag.', 'Write it without the tag.'),
  POLICY_UNREADABLE: error(
    "A file or folder can't be read, or there are too many.",
    'Make it readable, or take it out of the folder.',
  ),
  POLICY_MISSING_KEY: error('A key that must be there is missing.', 'Add it.'),
  POLICY_UNKNOWN_KEY: error('There is no such key here.', 'Correct or remove it.'),
  POLICY_UNKNOWN_VALUE: error('The value is none of those that are possible.', 'Use one of them.'),
  POLICY_WRONG_TYPE: error('The value has another type than is needed here.', 'Write it as named.'),
  POLICY_BAD_ID: error(
    "The id has characters that an id can't have.",
    'Use up to 80 letters, digits, dots, hyphens and underscores.',
  ),
  POLICY_DUPLICATE_ID: error('Another rule has this id.', 'Give each rule its own.'),
  POLICY_RULE_DOES_NOTHING: error(
    'The rule has no effect, no mask, no reveal and no limit.',
    'Say "then", or give it a mask, a reveal or a limit.',
  ),
  POLICY_NEVER_MATCHES: error(
    "No message can make the rule match, not even one that can't be judged.",
    'Correct what contradicts itself, or remove the rule.',
  ),
  POLICY_UNKNOWN_ROOT: error('The path begins with no known root.', 'Use one of the roots.'),
  POLICY_BAD_PATH: error("The path can't be read, or names everything.", 'Correct the path.'),
  POLICY_EMPTY_CONDITION: error('The condition has nothing to judge.', 'Fill or remove it.'),
  POLICY_UNKNOWN_OPERATOR: error('There is no such operator.', 'Use one of the operators.'),
  POLICY_OPERAND: error('The operator takes another operand.', 'Write it as the hint says.'),
  POLICY_PATTERN: error(
    'The pattern is no RE2 pattern.',
    'Write it without look-around and back-references.',
  ),
  POLICY_TYPE: error(
    'The operator can never be judged of a value of the type that is there.',
    'Use an operator, or an operand, of that type.',
  ),
  POLICY_CEL: error(
    'The expression is no CEL, or has parts of types that do not go together.',
    'Correct it at the place that is named.',
  ),
  POLICY_PATTERN_EMPTY: error(
    'The pattern of a detector is found where nothing stands.',
    'Let it need one character at least.',
  ),
  POLICY_PATTERN_COSTLY: error(
    'Finding the pattern could take time that grows with the square of the text.',
    'Bound what repeats without end inside a part that may be left out or has an alternative.',
  ),
  POLICY_UNKNOWN_DETECTOR: error(
    'There is no such detector, or it can not be used here.',
    'Use one of the detectors, or define it under "detectors".',
  ),
  POLICY_DETECTOR: error(
    'A detector needs either a "pattern" or "words", and something in it.',
    'Write one of them.',
  ),
  POLICY_DETECTOR_TAKEN: error(
    'The name of a detector is built in, or another file defines it.',
    'Choose another name.',
  ),
  POLICY_MASK_TARGET: error(
    'A mask needs either "find", "path" or "fields", and something in it.',
    'Say what it masks.',
  ),
  POLICY_MASK_SIDE: error(
    '"in" stands beside "path", or is empty.',
    'Begin the path with args. or result. instead.',
  ),
  POLICY_MASK_ACROSS: error(
    '"across" stands beside "path" or "fields".',
    'Remove it; only what detectors find can go on in the next message.',
  ),
  POLICY_MASKER_OPTIONS: error(
    'The masker lacks its options, or an option has no such value.',
    'Write them as the hint says.',
  ),
  POLICY_REVEAL_UNUSED: error(
    'The reveal gives nothing back.',
    'Name tokens, in a rule that lets calls through or has no "then".',
  ),
  POLICY_REVEAL_LABEL: error(
    'No token can be called so.',
    'Name what the mask finds, or what stands behind its "as".',
  ),
  POLICY_REVEAL_ON_RESULT: error(
    "Giving tokens back can't depend on the answer, which comes after it.",
    'Reveal by what is known before the call.',
  ),
  POLICY_APPROVAL_UNUSED: error(
    'approval without "then: approve".',
    'Remove one or change the other.',
  ),
  POLICY_APPROVAL_BY: error(
    '"by" or "break_glass" names nobody, too many, or something that is no person and no group.',
    'Write group:NAME or user:SUB, or leave it out.',
  ),
  POLICY_APPROVAL_QUORUM: error(
    'The quorum is no number of people, or more than are named.',
    'Write a whole number from 1 on, of people or groups that are named.',
  ),
  POLICY_APPROVAL_SPAN: error(
    '"expires", "window" or "standing" is no span of time, or longer than 31d.',
    'Write it as 30s, 15m, 1h or 1d.',
  ),
  POLICY_APPROVAL_NOTIFY: error(
    'No channel can be called so.',
    'Name a channel of the configuration (`approvals.channels`).',
  ),
  POLICY_APPROVE_ON_RESULT: error(
    "An approval can't depend on the answer, which comes after it.",
    'Approve by what is known before the call, and block by the answer.',
  ),
  POLICY_LIMIT_BY: error('"by" names no value to count by.', 'Name one path, or a list of them.'),
  POLICY_LIMIT_CALLS: error('"calls" is no number of calls.', 'Write a whole number from 1 on.'),
  POLICY_LIMIT_PER: error('"per" is no span of time.', 'Write it as 30s, 15m, 1h or 1d.'),
  POLICY_LIMIT_UNUSED: error(
    'The limit counts nothing.',
    'Give it to a rule that lets calls through, or to one without "then".',
  ),
  POLICY_LIMIT_UNREACHABLE: error(
    'A tighter limit of the same rule is always reached first.',
    'Remove one of them.',
  ),
  POLICY_LIMIT_ON_RESULT: error(
    'A limit can not depend on the answer, which comes after it.',
    'Limit by what is known before the call.',
  ),
  POLICY_NOT_SILENCEABLE: error(
    "Errors can't be silenced, nor can a silence that silences nothing.",
    'Correct what is reported.',
  ),
} satisfies Readonly<Record<string, ProblemCode>>;

const warnings = {
  POLICY_NEVER_HOLDS: warning(
    "The condition holds for no value. The rule matches only where it can't be judged, such as a value of another type.",
    'Correct what contradicts itself. To match another type, say so with "type".',
  ),
  POLICY_DEAD_BRANCH: warning(
    'One branch of an "any" can never hold.',
    'Correct what contradicts itself, or remove the branch.',
  ),
  POLICY_SHADOWED: warning(
    'The rule never decides: another one that beats it matches wherever it does.',
    'Narrow the other rule, or remove this one.',
  ),
  POLICY_REDUNDANT: warning(
    'Another rule of the same effect matches wherever this one does, so this one adds nothing.',
    'Remove it, or make it say something else.',
  ),
  POLICY_ALLOWS_EVERYTHING: warning(
    'A rule without "on" and "when" allows every message.',
    'Say what the rule is about, and for whom.',
  ),
  POLICY_ALL_TOOLS: warning(
    'A rule without "when" allows every tool, also those that the upstream adds later.',
    'Name the tools, or say for whom they are.',
  ),
  POLICY_ALL_METHODS: warning(
    'A rule allows every method: questions of the server to the client, and methods that are unknown today.',
    'Name the methods.',
  ),
  POLICY_ALL_UPSTREAMS: warning(
    'A rule with wildcards allows on every upstream, also those that are added later.',
    'Name the upstreams in the document.',
  ),
  POLICY_DENY_LIST: warning(
    'A rule allows every tool and others block some by name. A tool that the upstream adds later, or renames, is allowed.',
    'Name what is allowed instead.',
  ),
  POLICY_UNMASKED: warning(
    'A tool whose name speaks of personal or secret data is allowed with any arguments, and no mask applies to it.',
    'Add a mask, or a condition on the arguments.',
  ),
  POLICY_MASK_USELESS: warning(
    'A stricter mask on the same target is due wherever this one is, so this one changes nothing.',
    'Remove it.',
  ),
  POLICY_MASKER_UNFIT: warning(
    'The masker is for numbers, or for dates and addresses, and redacts what these detectors find.',
    'Use another masker, or say redact.',
  ),
  POLICY_MASK_NOWHERE: warning(
    'A path that begins with nothing a message has, or a field that is written like a path. It masks nothing.',
    'Begin the path with structuredContent, content or args. A field is a name alone.',
  ),
  POLICY_NULL_REDACTS: warning(
    'Only a whole value can become null. Inside a text, and where the protocol needs text, it is redacted.',
    'Say redact or remove, or name a path or fields.',
  ),
  POLICY_REVEAL_UNFILLED: warning(
    'No mask makes tokens of this name in this scope, so the reveal gives nothing back.',
    'Correct the name or the scope, or add the mask.',
  ),
  POLICY_REVEAL_WIDE: warning(
    'The reveal gives original values to every tool, also to one that sends them on.',
    'Name the tools that need them.',
  ),
  POLICY_TOKEN_SHARED: warning(
    'Tokens of one name stand for values of two kinds, and a reveal gives back both.',
    'Give one of them another name with "as", or another scope.',
  ),
  POLICY_CLAIMS_ONLY: warning(
    'The rule allows by nothing but what the client or the upstream says of itself, which anybody can say.',
    'Add a condition on the identity.',
  ),
  POLICY_NO_APPROVER: warning(
    'An approval that names nobody: whoever has the role approver (`admin.roles.approver`) is asked.',
    'Add approval: { by: [group:…] }.',
  ),
  POLICY_UNAPPROVABLE: warning(
    'Of those who are named, too few are left to approve the calls of somebody whom the rule is for.',
    'Name more people, or a group.',
  ),
  POLICY_APPROVED_ALONE: warning(
    'Everybody whom the rule is for can approve their own calls alone, so it asks no second person.',
    'Name fewer people than may call, or remove `not_self: false` or `break_glass`.',
  ),
  POLICY_BREAK_GLASS_UNUSED: warning(
    'Those in `break_glass` may approve their own calls anyway, by `not_self: false`.',
    'Remove one of them.',
  ),
  POLICY_DENIAL_UNUSED: warning(
    '"denial: hide" on a rule that refuses nothing.',
    'Remove it, or move it to the rule that blocks.',
  ),
  POLICY_URL_AS_TEXT: warning(
    'A URL is compared as text: https://good.example is also the beginning of https://good.example.evil.test and https://good.example@evil.test.',
    'Use url_host for the host, and starts_with for the scheme alone.',
  ),
  POLICY_PATH_AS_TEXT: warning(
    'A path is compared as text: /srv/data is also the beginning of /srv/data/../../etc.',
    'Use path_within.',
  ),
  POLICY_HOST_SUFFIX: warning(
    'A host is compared by its end without a dot: example.com is also the end of evil-example.com.',
    'Put a dot in front, and name the domain itself beside it.',
  ),
  POLICY_UNANCHORED: warning(
    'An allow depends on a pattern that may be found anywhere in a path, URL or host.',
    'Begin the pattern with ^.',
  ),
  POLICY_ABSENT_PASSES: warning(
    'An allow excludes values of an argument or claim, and so holds where there is no value at all; the upstream may then take its default.',
    'Say what the value must be, or add "exists" or "absent" to say what is meant.',
  ),
  POLICY_TIME_NOT_UTC: warning(
    'request.time is text in UTC, such as 2026-01-01T12:00:00Z, and is compared as text.',
    'Write the bound in UTC, in the same form.',
  ),
  POLICY_SILENCE_UNUSED: warning('A silence that silences nothing.', 'Remove it.'),
  POLICY_UNKNOWN_TOOL: {
    ...warning(
      'The rule names a tool that none of its upstreams has.',
      'Correct the name, or remove it.',
    ),
    needsTools: true,
  },
  POLICY_UNKNOWN_CHANNEL: {
    ...warning(
      'The rule tells a channel that the configuration does not have, so nobody hears of it there.',
      'Correct the name, or add the channel (`approvals.channels`).',
    ),
    needsTools: true,
  },
  POLICY_UNKNOWN_ARGUMENT: {
    ...warning(
      "The rule looks at an argument that the tool's inputSchema doesn't have.",
      'Correct the path, or remove the condition.',
    ),
    needsTools: true,
  },
  POLICY_ARGUMENT_TYPE: {
    ...warning(
      "The rule compares an argument with a value that the tool's inputSchema excludes.",
      'Compare it with a value of the type that the schema gives.',
    ),
    needsTools: true,
  },
} satisfies Readonly<Record<string, ProblemCode>>;

/** Every code that a policy file can be given, with what it means and what to do. */
export const problemCodes: ReadonlyMap<string, ProblemCode> = new Map(
  Object.entries<ProblemCode>({ ...errors, ...warnings }),
);
