import { spawn } from 'node:child_process';
import { GateError } from '../../model/errors.ts';

export interface GitRun {
  readonly cwd?: string;
  /** Further settings, as `git -c` takes them. They go by the environment: arguments are for everybody to see. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Cleartext HTTP is for loopback: it is left out unless that is what is asked for, so that nothing redirects to it. */
  readonly http?: boolean;
  /** How long it may take, in milliseconds; 30 seconds. */
  readonly timeout?: number;
  /** Most bytes of its output; 8 MiB. */
  readonly bytes?: number;
}

const TIMEOUT = 30_000;
const BYTES = 8_388_608;
const ERROR_BYTES = 4_096;

/** Variables of the gate that git needs to reach a remote: who it is, how it gets there, whom it trusts. */
const passed =
  /^(?:PATH|HOME|USER|LOGNAME|XDG_CONFIG_HOME|SSH_AUTH_SOCK|SSL_CERT_FILE|SSL_CERT_DIR|GIT_CONFIG_GLOBAL|GIT_SSH|GIT_SSH_COMMAND|GIT_SSL_CAINFO|(?:https?|all|no)_proxy)$/i;

/** Nothing of a repository may run anything, and nothing may ask. */
const safe: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'credential.interactive': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'advice.detachedHead': 'false',
};

/**
 * Runs git without a shell, a terminal, hooks or prompts, and gives its output.
 *
 * @throws GateError POLICY_UNREADABLE with what git said, without passwords
 */
export function runGit(args: readonly string[], run: GitRun = {}): Promise<Buffer> {
  const { cwd, input = '', http = false, timeout = TIMEOUT, bytes = BYTES, settings = {} } = run;
  return new Promise((resolve, reject) => {
    // A session of its own, so that ssh and credential helpers end with it; without a terminal nothing can ask.
    const git = spawn('git', args, {
      ...{ cwd, shell: false, detached: true, stdio: 'pipe' },
      env: environment({ ...safe, ...settings }, http),
    });
    let why: string | undefined;
    const end = (reason: string) => {
      why ??= reason;
      killGroup(git.pid);
    };
    const timer = setTimeout(() => end(`git took longer than ${timeout / 1_000} s`), timeout);
    const chunks: Buffer[] = [];
    let size = 0;
    let said = '';
    git.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > bytes) end(`git answered more than ${bytes} bytes`);
      else chunks.push(chunk);
    });
    git.stderr.on('data', (chunk: Buffer) => {
      if (said.length < ERROR_BYTES) said += chunk.toString('utf8').slice(0, ERROR_BYTES);
    });
    // What it does not read, it does not need.
    git.stdin.on('error', () => undefined);
    git.stdin.end(input);
    git.on('error', (cause) => {
      clearTimeout(timer);
      reject(failure(`git cannot be run: ${cause.message}`, 'install git, or mend PATH'));
    });
    git.on('close', (code) => {
      clearTimeout(timer);
      if (code === 0 && why === undefined) resolve(Buffer.concat(chunks));
      else reject(failure(why ?? reasonIn(said, code)));
    });
  });
}

/** A text with URLs, without the passwords in them. Over HTTP the name before it may be a token as well. */
export function withoutPassword(text: string): string {
  return text
    .replace(/(\bhttps?:\/\/)[^\s/]*@/gi, '$1***@')
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/]*@/gi, '$1:***@');
}

function environment(
  settings: Readonly<Record<string, string>>,
  http: boolean,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && passed.test(name)) env[name] = value;
  }
  const entries = Object.entries(settings);
  for (const [index, [key, value]] of entries.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return {
    ...env,
    GIT_CONFIG_COUNT: String(entries.length),
    // `ext::` runs whatever it names, and `git://` proves nothing.
    GIT_ALLOW_PROTOCOL: `https:ssh:file${http ? ':http' : ''}`,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    LC_ALL: 'C',
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function reasonIn(said: string, code: number | null): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const told = lines.find((line) => /^(?:fatal|error|remote):/.test(line)) ?? lines[0];
  const text = told?.replace(/^(?:fatal|error): /, '') ?? `git ended with ${code}`;
  // Whoever runs the other side chooses these words.
  return withoutPassword(text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')).slice(0, 500);
}

function failure(why: string, hint?: string): GateError {
  return new GateError('POLICY_UNREADABLE', why, hint === undefined ? {} : { hint });
}
