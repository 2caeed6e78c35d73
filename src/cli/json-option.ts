import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GateError, messageOf } from '../model/errors.ts';
import { deeperThan, isObject, type Json, type JsonObject, parseJson } from '../model/json.ts';

/** Levels that a value on the command line may have. */
const MAX_DEPTH = 64;

/**
 * The value of an option that is JSON, or `@FILE` with a file that is.
 *
 * @throws GateError USAGE
 */
export function jsonOption(name: string, text: string, cwd: string): Json {
  const source = text.startsWith('@') ? fileText(name, text.slice(1), cwd) : text;
  if (deeperThan(source, MAX_DEPTH)) {
    throw new GateError('USAGE', `--${name} has more than ${MAX_DEPTH} levels`);
  }
  try {
    return parseJson(source);
  } catch (cause) {
    const hint = `such as --${name} '{"limit": 10}', or --${name} @file.json`;
    throw new GateError('USAGE', `--${name} is no JSON: ${messageOf(cause)}`, { hint, cause });
  }
}

/** The same where it must be an object. */
export function objectOption(name: string, text: string, cwd: string): JsonObject {
  const value = jsonOption(name, text, cwd);
  if (isObject(value)) return value;
  throw new GateError('USAGE', `--${name} must be a JSON object`);
}

function fileText(name: string, path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch (cause) {
    throw new GateError('USAGE', `--${name}: cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}
