import { allowAll, type RunningGate, startGate } from '../e2e/support/gate.ts';
import type { SuiteProxy } from './suite-proxy.ts';

/** A gate that lets everything pass, for callers that name it as the proxies are named. */
export function gateBefore(
  upstreams: Readonly<Record<string, { url: string }>>,
  proxies: readonly SuiteProxy[],
): Promise<RunningGate> {
  // A browser on the gate's own machine would send this Origin; the suite does as one (DNS rebinding).
  const config = { allowed_origins: proxies.map(({ origin }) => origin) };
  return startGate({ upstreams, policies: allowAll, config });
}

/** Leads a proxy to an upstream of the gate, with a token for it. */
export async function through(gate: RunningGate, name: string, proxy: SuiteProxy): Promise<string> {
  const token = await gate.token('ana', name);
  return proxy.forward(gate.endpoint(name), { authorization: `Bearer ${token}` });
}
