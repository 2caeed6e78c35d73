import { deeperThan, isObject, type JsonObject, parseJson } from '../model/json.ts';
import { invalidToken } from './token-error.ts';

const MAX_DEPTH = 32;

/**
 * The claims of a verified token again, with numbers as the issuer wrote them: a rule may compare an id of 18 digits.
 *
 * @throws GateError AUTH_TOKEN_INVALID where they nest too deeply
 */
export function tokenClaims(token: string): JsonObject {
  const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  const claims = deeperThan(text, MAX_DEPTH) ? undefined : parseJson(text);
  if (!isObject(claims)) throw invalidToken('the claims of the token nest too deeply');
  return claims;
}
