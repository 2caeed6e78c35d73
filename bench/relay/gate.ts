import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import { jsonLog } from '../../src/cli/log.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startDaemon } from '../../src/daemon.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { cpu } from './cpu.ts';

// The gate as `sallyport serve` runs it, in a process that can be asked for its heap.

// What recording costs is told by a gate that does not record.
if (process.env.BENCH_RECORD === 'off') SqliteStore.prototype.append = async () => undefined;

const log = jsonLog('warn', { write: (text) => void process.stderr.write(text) });
const { config, base } = loadConfig(process.argv[2] ?? '', process.cwd(), process.env);
const daemon = await startDaemon({
  ...{ config, base, log },
  authenticator: (publicUrl, clock) =>
    new OidcAuthenticator({ issuers: config.issuers, publicUrl, clock, log }),
});
process.on('message', (message) => {
  if (message === 'cpu') process.send?.(cpu());
  if (message === 'heap') {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    process.send?.({ heap: heapUsed, rss });
  }
  if (message === 'stop') void daemon.stop().then(() => process.disconnect());
});
process.send?.({ url: `${daemon.url}/mcp/orders`, admin: daemon.adminUrl });
