import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { type ErrorCode, errorCodes, GateError, messageOf } from '../model/errors.ts';
import { parseJson } from '../model/json.ts';
import { isLoopback } from '../model/loopback.ts';
import type { Problem } from '../model/position.ts';
import { visible } from '../model/visible.ts';
import type { Terminal } from './verb.ts';

/** Options of every verb that talks to an admin API. */
export const adminOptions = { to: { type: 'string' }, 'token-file': { type: 'string' } } as const;

/** Their help. */
export const adminHelp = `  --to URL           the admin API, such as https://gate-admin.example.com
  --token-file FILE  file with an access token for it; default: the variable SALLYPORT_TOKEN`;

/** A bearer token (RFC 6750, section 2.1). */
const TOKEN = /^[\w.~+/-]+=*$/;
const TIMEOUT = 60_000;
/** Most bytes of an answer: the files of a revision, and what stands around them. */
const ANSWER_BYTES = 67_108_864;

/** Text for a terminal: what the gate answers may hold names and messages of anybody's. */
export const text = z.string().transform(visible);
/** A problem of a policy. */
export const problem = z.object({
  code: text,
  severity: z.enum(['error', 'warning']),
  at: z.object({ file: text, line: z.number(), column: z.number() }),
  message: text,
  hint: text.optional(),
});
const failure = z.object({
  code: text,
  message: text,
  hint: text.optional(),
  problems: z.array(problem).default([]),
});

/** What a request has beside its path. */
export interface SentToAdmin {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks the admin API of a gate, as somebody with a token. */
export class AdminApi {
  readonly #base: string;
  readonly #token: string;

  constructor(base: string, token: string) {
    this.#base = base.replace(/\/+$/, '').replace(/\/v1$/, '');
    this.#token = token;
  }

  /** Reads {@link adminOptions}. @throws GateError USAGE */
  static from(
    values: { readonly to?: string | undefined; readonly 'token-file'?: string | undefined },
    { cwd, env }: Terminal,
  ): AdminApi {
    const { to, 'token-file': file } = values;
    if (to === undefined) {
      const hint = 'the admin API, such as --to https://gate-admin.example.com';
      throw new GateError('USAGE', '--to URL is missing', { hint });
    }
    refuseCleartext(to);
    const token = file === undefined ? env.SALLYPORT_TOKEN : contentOf(resolve(cwd, file), file);
    const hint = 'set SALLYPORT_TOKEN, or name a file with --token-file';
    if (token === undefined || token.trim() === '') {
      throw new GateError('USAGE', 'there is no access token', { hint });
    }
    // As a header it would be refused by an error that quotes it.
    if (!TOKEN.test(token.trim()))
      throw new GateError('USAGE', 'the access token is none', { hint });
    return new AdminApi(to, token.trim());
  }

  /**
   * Asks for a path, and reads the answer.
   *
   * @throws GateError ADMIN_UNREACHABLE, ADMIN_ANSWER, and whatever the gate answers
   */
  async ask<Answer>(
    path: string,
    schema: z.ZodType<Answer>,
    sent: SentToAdmin = {},
  ): Promise<Answer> {
    const response = await this.#send(path, sent);
    const value = await bodyOf(response);
    if (!response.ok) throw refusalOf(response.status, value);
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw strange(response.status);
  }

  async #send(
    path: string,
    { method = 'GET', headers = {}, body }: SentToAdmin,
  ): Promise<Response> {
    const authorization = `Bearer ${this.#token}`;
    try {
      return await fetch(`${this.#base}${path}`, {
        ...{ method, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) },
        headers: { ...headers, authorization },
        ...(body === undefined ? {} : { body }),
      });
    } catch (cause) {
      const reason =
        cause instanceof Error && cause.cause ? messageOf(cause.cause) : messageOf(cause);
      const message = `${this.#base} cannot be reached: ${reason}`;
      throw new GateError('ADMIN_UNREACHABLE', message, { cause });
    }
  }
}

/** A token is nothing to send where anybody can read along. */
function refuseCleartext(to: string): void {
  const url = URL.canParse(to) ? new URL(to) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new GateError('USAGE', '--to must be an https:// URL');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new GateError('USAGE', '--to must be a URL without name, password, "?" and "#"');
  }
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return;
  const hint = 'use https://, or forward a port of loopback to it';
  throw new GateError('USAGE', '--to may be http:// for loopback only', { hint });
}

/** @throws GateError USAGE */
export function contentOf(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `cannot read ${name}: ${messageOf(cause)}`;
    throw new GateError('USAGE', message, { cause });
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > ANSWER_BYTES) break;
      chunks.push(chunk);
    }
    // Numbers that a double can't hold are shown as they are.
    return parseJson(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw strange(response.status);
  }
}

function refusalOf(status: number, value: unknown): GateError {
  const parsed = failure.safeParse(value);
  if (!parsed.success) return strange(status);
  const { code, message, hint, problems } = parsed.data;
  const isKnown = Object.hasOwn(errorCodes, code);
  return new GateError(isKnown ? (code as ErrorCode) : 'ADMIN_ANSWER', message, {
    ...(hint === undefined ? {} : { hint }),
    problems: problems.map(asProblem),
  });
}

/** Without keys that are there but undefined. */
export function asProblem({ hint, ...found }: z.infer<typeof problem>): Problem {
  return hint === undefined ? found : { ...found, hint };
}

function strange(status: number): GateError {
  const hint = 'is this the URL of the admin API, and not that of the gate?';
  const message = `the answer (HTTP ${status}) is not one of an admin API`;
  return new GateError('ADMIN_ANSWER', message, { hint });
}
