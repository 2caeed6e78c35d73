import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { GateError } from '../model/errors.ts';
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
  /**
   * Sent as JSON; as it is where it is a text with a type of its own, or a stream: that is destroyed once its client has
   * gone, or the gate stops.
   */
  readonly body: object | string | Readable;
  /** Left out: JSON. */
  readonly type?: string;
  /** Revision for the ETag header. */
  readonly revision?: string;
}

/** One thing that can be done at the admin API. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  /** `anybody`: whoever has a token of an issuer; what is served tells whether it is for them. */
  readonly needs: Permission | 'anybody';
  /** What the body must be, and its most bytes; left out: there is none. */
  readonly takes?: { readonly type: string; readonly bytes: number };
  /** @throws GateError, which is answered by its code */
  serve(request: AdminRequest): Promise<AdminAnswer>;
}

/** A request of somebody who brings no bearer token: a channel, which signs what it sends, or a browser. */
export interface PublicRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | string[] | undefined>>;
  readonly headers: IncomingHttpHeaders;
  /** As it came, for signatures; empty where the route takes none. */
  readonly body: Buffer;
  /** Path and query, as they came. */
  readonly url: string;
}

/** What somebody unknown is answered. Every answer says `no-store` and `nosniff` beside its own headers. */
export interface PublicAnswer {
  /** Left out: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Left out: empty. An object is sent as JSON. */
  readonly body?: object | string;
}

/**
 * A door of the admin listener that is open to whoever calls: it tells by itself who that is. The listener has checked
 * Host and Origin, the type of the body and its size, and answers what is thrown.
 */
export interface PublicRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** What the body must be, and its most bytes; left out: there is none. */
  readonly takes?: { readonly type: string; readonly bytes: number };
  /** @throws GateError, which is answered by its code, in the shape of the admin API */
  serve(request: PublicRequest): Promise<PublicAnswer>;
  /** What a browser is shown where {@link serve} throws; left out: the error as JSON. */
  refuse?(error: GateError, status: number, request: PublicRequest): PublicAnswer;
}
