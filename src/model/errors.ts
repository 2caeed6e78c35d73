import { formatProblem, type Problem } from './position.ts';

/** Every code that the gate gives an error, with what it means. */
export const errorCodes = {
  CONFIG_INVALID: 'the configuration file has errors',
  CONFIG_UNREADABLE: 'the configuration file cannot be read',
  POLICY_INVALID: 'the policies have errors',
  POLICY_UNREADABLE: 'the policies cannot be read',
  AUTH_TOKEN_MISSING: 'no bearer token',
  AUTH_TOKEN_INVALID: 'the bearer token does not verify',
  AUTH_TOKEN_EXPIRED: 'the bearer token is expired or not valid yet',
  AUTH_AUDIENCE: 'the bearer token is meant for another resource',
  AUTH_SCOPE: 'the bearer token lacks a scope',
  AUTH_ISSUER_UNAVAILABLE: 'an issuer cannot be reached',
  LISTEN_FAILED: 'the address cannot be bound',
  TLS_UNUSABLE: 'the certificate or its key cannot be used',
  HTTP_ORIGIN: 'the Origin is not allowed',
  HTTP_HOST: 'the Host is not allowed',
  HTTP_METHOD: 'the HTTP method is not allowed here',
  HTTP_PATH: 'there is nothing at this path',
  HTTP_ACCEPT: 'the Accept header lacks a media type that the answer may need',
  HTTP_CONTENT_TYPE: 'the body is not declared as JSON',
  HTTP_PROTOCOL_VERSION: 'the MCP-Protocol-Version header names an unknown revision',
  HEADER_MISMATCH: 'a header does not say what the message says',
  METHOD_UNKNOWN: 'the revision of the request has no such method',
  META_INVALID: 'the _meta of the request lacks what every request must say',
  FRAME_TOO_LARGE: 'the message is too large',
  FRAME_NOT_JSON: 'the message is not JSON',
  FRAME_TOO_DEEP: 'the message nests too deeply',
  FRAME_INVALID: 'the message is not a JSON-RPC 2.0 message',
  FRAME_BATCH: 'the revision of the session has no batches',
  SESSION_MISSING: 'the request names no session',
  SESSION_UNKNOWN: 'the session is unknown or ended',
  SESSION_FOREIGN: 'the session belongs to somebody else',
  SESSION_LIMIT: 'too many sessions',
  REQUEST_DUPLICATE: 'a request with this id is still open in the session',
  UPSTREAM_UNKNOWN: 'no such upstream',
  UPSTREAM_UNREACHABLE: 'the upstream cannot be reached',
  UPSTREAM_TIMEOUT: 'the upstream did not answer in time',
  UPSTREAM_STATUS: 'the upstream refused',
  UPSTREAM_BUSY: 'the upstream is not available for now',
  UPSTREAM_RATE_LIMIT: 'the upstream asks for fewer calls',
  UPSTREAM_INVALID: 'the upstream sent something that is not MCP',
  UPSTREAM_ENDED: 'the upstream ended without an answer',
  CLIENT_GONE: 'the client has gone before its answer came',
  CALL_LIMIT: 'too many calls are under way',
  STORE_UNAVAILABLE: 'the transcript cannot be written',
  STORE_UNREADABLE: 'the transcript database cannot be opened',
  TRANSCRIPT_UNKNOWN: 'there is no such exchange',
  SEARCH_TEXT: 'the words that are looked for cannot be read',
  SEARCH_CURSOR: 'the place where a page begins is none that a page gave',
  TRANSCRIPT_KEY: 'a key of transcripts cannot be used',
  TRANSCRIPT_SEALED: 'the original is sealed with a key that is not at hand',
  PROOF_BROKEN: 'the transcript is not what its proof says',
  PROOF_UNREADABLE: 'the file holds no proof that can be read',
  ERASE_REFUSED: 'nothing was erased',
  EXPORT_FAILED: 'an export did not take what was sent',
  REPLAY_FAILED: 'recorded exchanges cannot be replayed',
  POLICY_MISSING: 'no policy is loaded',
  LIMIT_UNAVAILABLE: 'the calls that limits bound cannot be counted',
  TOKENS_UNAVAILABLE: 'what tokens stand for cannot be kept or looked up',
  TOKENS_FULL: 'as many tokens are kept as the configuration allows',
  MASKING_KEY: 'the masking key cannot be used',
  ANALYZER_UNAVAILABLE: 'the analyzer that a mask needs cannot be asked',
  ANALYZER_TIMEOUT: 'the analyzer that a mask needs did not answer in time',
  ANALYZER_INVALID: 'the analyzer that a mask needs answered something that is not its API',
  ANALYZER_LIMIT: 'the message has more text than the analyzer is asked about',
  MASK_FAILED: 'a large message could not be masked',
  MASK_BUSY: 'too many large messages wait to be masked',
  PINS_UNREADABLE: 'the lock file of pins cannot be read',
  PINS_INVALID: 'the lock file of pins has errors',
  PIN_CHANGED: 'the definition of a tool has changed since it was accepted',
  PIN_UNKNOWN: 'the lock file does not have the tool',
  PIN_FLAGGED: 'there is something to notice about the texts of a tool',
  PIN_LIMIT: 'the upstream has more tools than can be pinned',
  STAGE_FAULT: 'a stage of the gate failed',
  GATE_STOPPING: 'the gate is stopping',
  FILE_UNWRITABLE: 'a file cannot be written',
  ADMIN_STREAMS: 'too many streams of events are open at the admin API',
  ADMIN_ROLE: 'the caller has no role that allows this',
  ADMIN_REQUEST: 'the request of the admin API is malformed',
  ADMIN_DIGEST: 'the body is not what its Content-Digest says',
  ADMIN_UNREACHABLE: 'the admin API cannot be reached',
  ADMIN_ANSWER: 'the admin API answered something that it never does',
  PRECONDITION_MISSING: 'the request does not say which revision it changes',
  PRECONDITION_FAILED: 'another revision is in force',
  POLICY_SOURCE: 'the policies of this gate are not pushed',
  REVISION_UNKNOWN: 'there is no such revision',
  BUNDLE_INVALID: 'the bundle of policies is malformed',
  BUNDLE_TOO_LARGE: 'the bundle of policies is too large',
  BUNDLE_SIGNATURE: 'the bundle of policies is not signed by a configured key',
  BUNDLE_STALE: 'the bundle of policies is not newer than the last one',
  APPROVAL_UNKNOWN: 'there is no such approval',
  APPROVAL_NOT_YOURS: 'somebody else decides this approval',
  APPROVAL_SELF: 'nobody approves a call of their own',
  APPROVAL_ENDED: 'the approval is decided, or its time is over',
  APPROVAL_OUTDATED: 'the policy has changed since the approval was asked for',
  APPROVAL_REASON: 'the approval needs a reason',
  APPROVAL_STANDING: 'the grant for calls alike is not one that the rule lets anybody give',
  APPROVAL_TOO_LARGE: 'the call has more arguments than somebody can look at',
  APPROVALS_FULL: 'as many approvals are pending as the configuration allows',
  APPROVALS_UNAVAILABLE: 'approvals cannot be kept or looked up',
  CHANNEL_FAILED: 'a channel did not take the news of an approval',
  LOGIN_FAILED: 'the login at the issuer did not succeed',
  LOGIN_EXPIRED: 'the login, or the form, is too old',
  SLACK_SIGNATURE: 'the request is not signed by Slack, or too old, or was there before',
  USAGE: 'the command line is wrong',
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorDetail {
  /** What to do about it. */
  readonly hint?: string;
  /** Positioned findings, where a file is at fault. */
  readonly problems?: readonly Problem[];
  /** When to try again: the value of a Retry-After header (RFC 9110, section 10.2.3). */
  readonly retryAfter?: string;
  readonly cause?: unknown;
}

/** An error with a stable code. Its message never holds a secret or a payload. */
export class GateError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];
  readonly retryAfter: string | undefined;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'GateError';
    this.code = code;
    this.hint = detail.hint;
    this.problems = detail.problems ?? [];
    this.retryAfter = detail.retryAfter;
  }

  /** The message, the hint and every problem on a line of its own. */
  explain(): string {
    const head = this.hint ? `${this.message}; ${this.hint}` : this.message;
    return [head, ...this.problems.map((problem) => `  ${formatProblem(problem)}`)].join('\n');
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** For the default branch of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
