/** What a child inherits: what `sudo` keeps, as the official SDKs' `getDefaultEnvironment` has it. */
const INHERITED = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'];

/** The environment of a child: the harmless part of the daemon's, and what the operator configured. */
export function childEnvironment(
  configured: Readonly<Record<string, string>>,
  daemon: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = daemon[name];
    // A value that begins so is an exported shell function.
    if (value !== undefined && !value.startsWith('()')) environment[name] = value;
  }
  return { ...environment, ...configured };
}
