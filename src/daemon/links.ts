import { resolve } from 'node:path';
import type { UpstreamConfig } from '../config/schema.ts';
import { BridgeLink } from '../transport/bridge/link.ts';
import type { UpstreamLink } from '../transport/contract.ts';
import { HttpLink } from '../transport/http/link.ts';
import { SseLink } from '../transport/sse/link.ts';
import { StdioLink } from '../transport/stdio/link.ts';
import { clock, type DaemonOptions } from './daemon-options.ts';

/** Ways to the upstreams, by name. */
export function linksOf(options: DaemonOptions): Map<string, UpstreamLink> {
  const { log } = options;
  return new Map(
    Object.entries(options.config.upstreams).map(([name, upstream]) => {
      const inner = linkTo(name, upstream, options);
      return [name, new BridgeLink({ name, inner, era: eraOf(upstream), log, clock })] as const;
    }),
  );
}

function linkTo(name: string, upstream: UpstreamConfig, options: DaemonOptions): UpstreamLink {
  const { config, base, log } = options;
  const limits = { bytes: config.limits.message, depth: config.limits.depth };
  if ('command' in upstream) {
    const cwd = resolve(base, upstream.cwd ?? '.');
    return new StdioLink({ ...upstream, name, cwd, limits, log });
  }
  return upstream.transport === 'sse'
    ? new SseLink({ ...upstream, name, limits, log, sessions: config.limits.sessions })
    : new HttpLink({ ...upstream, name, limits, log });
}

/** HTTP+SSE is older than the stateless era. */
function eraOf(upstream: UpstreamConfig) {
  const isOld = 'transport' in upstream && upstream.transport === 'sse';
  return isOld ? 'session' : upstream.era;
}
