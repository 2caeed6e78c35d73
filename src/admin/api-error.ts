import { type ErrorCode, GateError } from '../model/errors.ts';
import { formatProblem } from '../model/position.ts';
import { asGateError, statusOf } from '../transport/http/error-answer.ts';

/** The HTTP status of errors that only the admin API has, or has another one for. */
const statuses: Partial<Record<ErrorCode, number>> = {
  ADMIN_ROLE: 403,
  ADMIN_REQUEST: 400,
  ADMIN_DIGEST: 400,
  PRECONDITION_MISSING: 428,
  PRECONDITION_FAILED: 412,
  POLICY_SOURCE: 409,
  POLICY_INVALID: 422,
  POLICY_UNREADABLE: 500,
  REVISION_UNKNOWN: 404,
  BUNDLE_INVALID: 400,
  BUNDLE_TOO_LARGE: 413,
  BUNDLE_SIGNATURE: 403,
  BUNDLE_STALE: 409,
  FILE_UNWRITABLE: 503,
  APPROVAL_UNKNOWN: 404,
  APPROVAL_NOT_YOURS: 403,
  APPROVAL_SELF: 403,
  APPROVAL_ENDED: 409,
  APPROVAL_OUTDATED: 409,
  APPROVAL_REASON: 422,
  APPROVAL_STANDING: 422,
  APPROVAL_TOO_LARGE: 422,
  APPROVALS_UNAVAILABLE: 503,
  ADMIN_STREAMS: 429,
  TRANSCRIPT_UNKNOWN: 404,
  SEARCH_TEXT: 400,
  SEARCH_CURSOR: 400,
  STORE_UNREADABLE: 503,
  SLACK_SIGNATURE: 401,
  LOGIN_FAILED: 403,
  LOGIN_EXPIRED: 403,
};

/** The HTTP status that tells of an error of the admin API. */
export function apiStatus(error: GateError): number {
  return statuses[error.code] ?? statusOf(error);
}

/** The one shape that every error of the admin API has. */
export function apiError({ code, message, hint, problems }: GateError) {
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    problems: problems.map((problem) => ({ ...problem, text: formatProblem(problem) })),
  };
}

/** Fastify's errors, and whatever else is thrown, in the gate's words. */
export function toGateError(thrown: unknown): GateError {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  switch (code) {
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
    case 'FST_ERR_NOT_FOUND':
      return noPath();
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new GateError('BUNDLE_TOO_LARGE', 'the body is too large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new GateError('HTTP_CONTENT_TYPE', 'the body is of a type that is not taken here');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new GateError('ADMIN_REQUEST', 'the body is not as long as Content-Length says');
    case 'ECONNRESET':
      return new GateError('CLIENT_GONE', 'the client has gone before it had sent its body');
    default:
      return isRefusal(thrown) ? malformed() : asGateError(thrown);
  }
}

/** Whatever else Fastify refuses is no failure of the gate, which its log would tell of as an error. */
function isRefusal(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('statusCode' in thrown)) return false;
  const { code, statusCode } = thrown;
  const isOfFastify = typeof code === 'string' && code.startsWith('FST_');
  return isOfFastify && typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
}

function malformed(): GateError {
  return new GateError('ADMIN_REQUEST', 'the request is not what is taken here');
}

/** There is nothing at a path. */
export function noPath(): GateError {
  const hint = 'the admin API is at /v1; see docs/delivery.md';
  return new GateError('HTTP_PATH', 'there is nothing here', { hint });
}
