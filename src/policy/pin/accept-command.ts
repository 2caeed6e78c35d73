import { shortFingerprint } from './short-fingerprint.ts';

/** A name that a shell takes as it is: the upstream chose it, and operators copy the command. */
const PLAIN_NAME = /^[\w./:-]{1,100}$/;

/**
 * The command that accepts a tool, to be copied. It says which definition where that is known, for the upstream may
 * have another by the time somebody runs it.
 */
export function acceptCommand(
  upstream: string,
  tool: { readonly name: string; readonly fingerprint?: string | undefined },
): string {
  const name = PLAIN_NAME.test(tool.name) ? tool.name : 'TOOL';
  const which = tool.fingerprint === undefined ? '' : `@${shortFingerprint(tool.fingerprint)}`;
  return `sallyport pin --accept ${upstream}/${name}${which}`;
}
