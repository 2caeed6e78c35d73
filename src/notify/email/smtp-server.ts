import type { Options } from 'nodemailer/lib/smtp-transport/index.js';
import { GateError } from '../../model/errors.ts';
import { isLoopback } from '../../model/loopback.ts';
import { decoded } from '../../receiver/url-part.ts';

/**
 * What `smtp://` and `smtps://` URLs mean. Mail holds links and arguments, so that a server elsewhere must take it
 * encrypted, from the start (`smtps`) or by STARTTLS, unless the URL ends in `?cleartext=true`.
 *
 * @param name of the channel
 * @throws GateError CONFIG_INVALID
 */
export function smtpServer(name: string, smtp: string): Options {
  const url = URL.canParse(smtp) ? new URL(smtp) : undefined;
  // WHATWG URLs of other schemes may have no host.
  if (!url || url.hostname === '') throw invalid(name, 'names no mail server');
  const { protocol, hostname, port, username, password, searchParams } = url;
  const keys = [...searchParams.keys()];
  if (keys.some((key) => key !== 'cleartext') || (url.pathname !== '' && url.pathname !== '/')) {
    throw invalid(name, 'may have ?cleartext=true after the mail server, and nothing else');
  }
  const cleartext = searchParams.get('cleartext') === 'true';
  const auth = username !== '';
  const secure = protocol === 'smtps:';
  if (cleartext && (auth || secure)) {
    throw invalid(name, 'has cleartext=true, which is for smtp:// without a password');
  }
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    ...(port === '' ? {} : { port: Number(port) }),
    secure,
    ...(secure ? {} : encryption(cleartext, isLoopback(hostname), auth)),
    ...(auth ? { auth: { user: decoded(username), pass: decoded(password) } } : {}),
  };
}

/** What never leaves the machine may go in the clear; a login there is encrypted if the server can. */
function encryption(cleartext: boolean, near: boolean, auth: boolean): Options {
  if (cleartext || (near && !auth)) return { ignoreTLS: true };
  return near ? {} : { requireTLS: true };
}

function invalid(name: string, what: string): GateError {
  return new GateError('CONFIG_INVALID', `approvals.channels.${name}.email.smtp ${what}`);
}
