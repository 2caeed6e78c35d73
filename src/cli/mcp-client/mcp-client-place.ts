import { resolve } from 'node:path';
import type { UpstreamConfig } from '../../config/schema.ts';

/** What a server speaks: `auto` asks it. */
type EraChoice = 'auto' | 'session' | 'stateless';

/** A server to connect with over HTTP. */
export interface HttpPlace {
  readonly url: string;
  /** `sse` is the HTTP+SSE of 2024-11-05; left out: Streamable HTTP. */
  readonly transport?: 'streamable-http' | 'sse';
  readonly headers?: Readonly<Record<string, string>>;
  /** Bearer token. */
  readonly token?: string;
  readonly era?: EraChoice;
}

/** A server to start, and to speak with over its standard input and output. */
export interface StdioPlace {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** Its environment, beside the harmless part of our own. */
  readonly env: Readonly<Record<string, string>>;
  readonly era?: EraChoice;
}

/** Where a server is, and how it is spoken with. */
export type McpPlace = HttpPlace | StdioPlace;

/**
 * An upstream as the daemon reaches it: with its headers or its environment, and in its folder.
 *
 * @param base folder of the configuration file
 */
export function placeOfUpstream(upstream: UpstreamConfig, base: string): McpPlace {
  if ('command' in upstream) {
    const { command, env, era } = upstream;
    return { command, env, era, cwd: resolve(base, upstream.cwd ?? '.') };
  }
  const { url, transport, headers, era } = upstream;
  return { url, transport, headers, era };
}
