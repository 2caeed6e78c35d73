import type { IncomingHttpHeaders } from 'node:http';
import type { Identity } from '../model/identity.ts';
import type { Permission } from './role.ts';

/** A request that may be served: its sender is known, and has the permission. */
export interface AdminRequest {
  readonly identity: Identity;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | string[] | undefined>>;
  readonly headers: IncomingHttpHeaders;
  /** Empty where the route takes none. */
  readonly body: Buffer;
}

/** What is answered with status 200. */
export interface AdminAnswer {
  /** Sent as JSON; as it is where it is a text with a type of its own. */
  readonly body: object | string;
  /** Left out: JSON. */
  readonly type?: string;
  /** Revision for the ETag header. */
  readonly revision?: string;
}

/** One thing that can be done at the admin API. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly needs: Permission;
  /** What the body must be, and its most bytes; left out: there is none. */
  readonly takes?: { readonly type: string; readonly bytes: number };
  /** @throws GateError, which is answered by its code */
  serve(request: AdminRequest): Promise<AdminAnswer>;
}
