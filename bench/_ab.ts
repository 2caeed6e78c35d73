// usage: node bench/_ab.ts rounds ; compares gate A (tree in A_DIR) and gate B (tree in B_DIR), flags A_FLAGS/B_FLAGS
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { startDevIssuer } from '../src/auth/dev-issuer.ts';
import { load } from './relay/load.ts';
const silent = { info() {}, warn() {}, error() {}, debug() {} };
const issuer = await startDevIssuer({ users: [{ sub: 'ana', email: 'ana@example.com', groups: ['analysts'], scopes: [] }], resources: () => true, log: silent });
const kids: any[] = [];
const start = async (file: string, args: string[], flags: string[]) => { const c = fork(file, args, { execArgv: flags }); kids.push(c); const [{ url }] = (await once(c, 'message')) as any; return { c, url }; };
const up = await start('/work/main/bench/relay/upstream.ts', [], []);
const mk = async (dir: string, flags: string) => {
  const folder = mkdtempSync('/tmp/ab-'); mkdirSync(folder + '/policies'); cpSync('/work/main/bench/relay/policy.yaml', folder + '/policies/policy.yaml');
  writeFileSync(folder + '/s.yaml', JSON.stringify({ listen: { port: 0 }, issuers: [{ url: issuer.url }], upstreams: { orders: { url: up.url } } }));
  const g = await start(dir + '/bench/relay/gate.ts', [folder + '/s.yaml'], ['--expose-gc', ...flags.split(' ').filter(Boolean)]);
  const token = await issuer.tokenFor('ana', g.url);
  const plain = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', authorization: 'Bearer ' + token };
  const r = await fetch(g.url, { method: 'POST', headers: plain, body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'b', version: '1' } } }) });
  return { c: g.c, t: { name: dir + flags, url: g.url, headers: { ...plain, 'mcp-session-id': r.headers.get('mcp-session-id')!, 'mcp-protocol-version': '2025-06-18' } } };
};
const A = await mk(process.env.A_DIR ?? '/work/main', process.env.A_FLAGS ?? '');
const B = await mk(process.env.B_DIR ?? '/work/main', process.env.B_FLAGS ?? '');
const bareK = await start('/work/main/bench/relay/bare.ts', [up.url], []);
const bare = { c: bareK.c, t: { name: 'bare', url: bareK.url, headers: A.t.headers } };
const med = (v: number[]) => [...v].sort((a, b) => a - b)[v.length >> 1]!;
for (const conns of [1, 32]) {
  const all: Record<string, { cpu: number[]; main: number[]; rate: number[]; p50: number[] }> = {};
  for (const x of [A, B, bare]) await load(x.t, conns, { calls: 3000 });
  for (let r = 0; r < Number(process.argv[2] ?? 6); r++) for (const [n, x] of [['A', A], ['B', B], ['bare', bare]] as const) {
    const cpu = async () => { x.c.send('cpu'); return ((await once(x.c, 'message')) as any)[0]; };
    const b = await cpu(); const N = conns === 1 ? 1000 : 3000; const m = await load(x.t, conns, { calls: N }); const a = await cpu();
    const o = (all[n] ??= { cpu: [], main: [], rate: [], p50: [] }); o.cpu.push((a.all - b.all) / N); o.main.push((a.main - b.main) / N); o.rate.push(m.rate); o.p50.push(m.p50);
  }
  for (const [n, o] of Object.entries(all)) console.log(conns, n.padEnd(5), 'cpu', med(o.cpu).toFixed(0), 'main', med(o.main).toFixed(0), 'rate', med(o.rate).toFixed(0), 'p50', med(o.p50).toFixed(3));
}
for (const k of kids) k.kill('SIGKILL'); await issuer.stop();
