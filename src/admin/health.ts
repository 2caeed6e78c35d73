/** What health checks are told: nothing but whether to send calls here. */
export interface Health {
  readonly status: 'ok' | 'stopping' | 'no policies';
}

/** Paths of health checks. They need no token, and are answered under any Host: probes have neither. */
export const healthPaths = { alive: '/healthz', ready: '/readyz' } as const;

/** Whether the process lives. */
export function alive(stopping: boolean): Health {
  return { status: stopping ? 'stopping' : 'ok' };
}

/** Whether calls can pass: without policies none does. */
export function ready(stopping: boolean, hasPolicies: boolean): Health {
  if (stopping) return { status: 'stopping' };
  return { status: hasPolicies ? 'ok' : 'no policies' };
}
