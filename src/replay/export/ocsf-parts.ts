import { isObject, type Json } from '../../model/json.ts';
import type { ExportRecord } from './export-record.ts';
import { payloadValue } from './payload-value.ts';

/** `email_t` of the schema. */
const EMAIL = /^[a-zA-Z0-9!#$%&'*+\-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9.-]+$/;
const MOST_EMAIL = 320;

/** Who did it, and with what. */
export function actorOf({ exchange, caller }: ExportRecord) {
  const { sub, issuer, session, agent, client } = exchange ?? {};
  const email = caller?.email;
  const isAddress = email !== undefined && email.length <= MOST_EMAIL && EMAIL.test(email);
  const user = sub === undefined ? undefined : {
    ...{ uid: sub, name: email ?? sub },
    ...(isAddress ? { email_addr: email } : {}),
    ...(caller && caller.groups.length > 0
      ? { groups: caller.groups.map((name) => ({ name })) }
      : {}),
  }; // biome-ignore format: one line says it
  const known = {
    ...(user ? { user } : {}),
    ...(session === undefined ? {} : { session: { uid: session, ...(issuer ? { issuer } : {}) } }),
    ...(issuer === undefined ? {} : { idp: { name: issuer, issuer } }),
    ...(client === undefined ? {} : { app_uid: client }),
    ...(agent === undefined ? {} : { app_name: agent }),
  };
  // An event without an actor is none; what the gate did by itself is the gate's.
  return user || agent || session || client ? known : { ...known, app_name: 'sallyport' };
}

/** What was asked of whom, and what was answered. */
export function apiOf({ exchange, step, summary }: ExportRecord) {
  const { method = 'unknown', upstream, protocol } = exchange ?? {};
  const response = responseOf(summary);
  const data = dataOf(summary?.request);
  return {
    operation: method,
    ...(protocol === undefined ? {} : { version: protocol }),
    ...(upstream ? { service: { name: upstream } } : {}),
    request: { uid: step.exchange, ...(data === undefined ? {} : { data }) },
    ...(Object.keys(response).length > 0 ? { response } : {}),
  };
}

function responseOf(summary: ExportRecord['summary']) {
  const { answer, code, reason } = summary ?? {};
  const data = dataOf(answer);
  const error = isObject(data) && isObject(data.error) ? data.error : undefined;
  const number = error?.code;
  return {
    ...(code === undefined ? {} : { error: code, ...(reason ? { error_message: reason } : {}) }),
    ...(Number.isSafeInteger(number) ? { code: number as number } : {}),
    ...(data === undefined ? {} : { data }),
  };
}

function dataOf(payload: string | undefined): Json | undefined {
  return payload === undefined ? undefined : payloadValue(payload);
}

/** Where the caller was. */
export function sourceOf(ip: string | undefined) {
  return ip === undefined ? { name: 'unknown' } : { ip };
}
