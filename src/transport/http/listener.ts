import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Authenticator } from '../../auth/contract.ts';
import { GateError } from '../../model/errors.ts';
import type { Identity } from '../../model/identity.ts';
import { JSON_TYPE } from '../../protocol/headers.ts';
import { sendError } from './client-response.ts';
import { Compression } from './compress.ts';
import { cors } from './cors.ts';
import type { Endpoint, Reject } from './endpoint.ts';
import { asGateError, versionFacts } from './error-answer.ts';
import { HttpServer } from './http-server.ts';
import { checkOrigin, type OriginRules } from './request-check.ts';
import type { TlsOptions } from './tls-files.ts';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Left out: cleartext. */
  readonly tls?: TlsOptions | undefined;
  /** JSON answers of so many bytes are compressed, and streams of calls; left out: nothing is. */
  readonly compression?: { readonly min: number } | undefined;
  /** How long a client may take to send a request, in milliseconds; 30 seconds. */
  readonly requestTimeout?: number;
  readonly trustedProxies: readonly string[];
  readonly origin: OriginRules;
  readonly authenticator: Authenticator;
  readonly upstreams: readonly string[];
  /** What serves which path: one with an upstream at its end (`mcp/`), or one without (`mcp`). */
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** Bytes of a body. */
  readonly bodyLimit: number;
  /** True once no more calls are taken. */
  readonly stopping: () => boolean;
  readonly reject: Reject;
}

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | null;
  }
}

type McpRequest = FastifyRequest<{ Params: { upstream?: string } }>;

/** Time that a client may take to send a request, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;
/** How long clients may take to read the last answers when the gate stops, in milliseconds. */
const FLUSH = 5_000;
const HEALTH = '/healthz';

/** The HTTP server that clients connect to. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #app: FastifyInstance;
  readonly #compression: Compression | undefined;
  #server!: HttpServer;

  constructor(options: ListenerOptions) {
    this.#options = options;
    const { compression, tls, requestTimeout = REQUEST_TIMEOUT } = options;
    this.#compression = compression && new Compression(compression.min);
    this.#app = Fastify({
      logger: false,
      bodyLimit: options.bodyLimit,
      serverFactory: (handler) => {
        this.#server = new HttpServer(handler, { tls, requestTimeout });
        return this.#server.http1;
      },
      trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
      routerOptions: { maxParamLength: 256 },
      exposeHeadRoutes: false,
      frameworkErrors: (error, request, reply) => this.#refuse(fromFastify(error), request, reply),
    });
    this.#app.decorateRequest('identity', null);
    this.#app.removeAllContentTypeParsers();
    this.#app.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    this.#routes();
  }

  /** The base URL that it listens on; empty before it does. */
  get url(): string {
    return this.#server.url;
  }

  /**
   * Binds.
   *
   * @returns {@link url}
   * @throws GateError LISTEN_FAILED, TLS_UNUSABLE
   */
  async listen(): Promise<string> {
    const { host, port } = this.#options;
    await this.#app.ready();
    return this.#server.listen(host, port);
  }

  /** Stops listening. Answers that clients still read get a moment; then what is open is cut. */
  async close(): Promise<void> {
    const deadline = performance.now() + FLUSH;
    const unread = () => this.#server.unread || this.#compression?.busy;
    this.#server.goAway();
    while (unread() && performance.now() < deadline) await sleep(20);
    // Running calls were drained before; nothing else is worth waiting for.
    await this.#server.close();
    await this.#app.close();
  }

  #routes(): void {
    const { authenticator, origin, stopping, endpoints } = this.#options;
    const app = this.#app;
    app.addHook('onRequest', (request, reply, done) => {
      // Health is asked by whatever watches over the gate, under any name.
      if (request.url !== HEALTH) checkOrigin(request.headers, origin);
      if (cors(request.raw, reply.raw)) reply.hijack();
      else done();
    });
    app.setErrorHandler((error, request, reply) =>
      this.#refuse(fromFastify(error), request, reply),
    );
    app.setNotFoundHandler((request, reply) => {
      this.#refuse(unknownPath(), request, reply);
    });
    app.get(HEALTH, (_request, reply) => {
      reply.code(stopping() ? 503 : 200).send({ status: stopping() ? 'stopping' : 'ok' });
    });
    // Where public_url has a path it stands before that of the endpoint (RFC 9728, section 3.1).
    app.get('/.well-known/oauth-protected-resource/*', (request, reply) => {
      reply.send(authenticator.metadata(this.#endpointAt(request.url)));
    });
    for (const [path, endpoint] of Object.entries(endpoints)) this.#route(path, endpoint);
  }

  #route(path: string, endpoint: Endpoint): void {
    const url = `/${path}${path.endsWith('/') ? ':upstream' : ''}`;
    const { methods } = endpoint;
    const others = ['POST', 'GET', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'] as const;
    this.#app.route({
      method: [...methods],
      url,
      onRequest: (request: McpRequest, _reply, done) => this.#authenticate(path, request, done),
      handler: (request: McpRequest, reply) => {
        reply.hijack();
        this.#compression?.offer(reply.raw);
        const { identity, params, ip } = request;
        if (!identity) throw new GateError('AUTH_TOKEN_MISSING', 'a bearer token is needed');
        const caller = { identity, upstream: params.upstream ?? '', ip };
        return endpoint.serve(request.raw, reply.raw, caller, request.body);
      },
    });
    this.#app.route({
      method: others.filter((method) => !methods.some((taken) => taken === method)),
      url,
      // Whatever its body is, the method is what's wrong.
      onRequest: (_request, _reply, done) => {
        done(new GateError('HTTP_METHOD', `the endpoint takes ${methods.join(', ')}`));
      },
      handler: () => undefined,
    });
  }

  #authenticate(path: string, request: McpRequest, done: (error?: Error) => void): void {
    const { upstream } = request.params;
    const { authenticator, upstreams } = this.#options;
    if (upstream !== undefined && !upstreams.includes(upstream)) {
      return done(unknownUpstream(upstream));
    }
    try {
      const endpoint = `${path}${upstream ?? ''}`;
      const identity = authenticator.authenticate(request.headers.authorization, endpoint);
      if (!(identity instanceof Promise)) {
        request.identity = identity;
        return done();
      }
      identity.then((verified) => {
        request.identity = verified;
        // Whoever waited for the rest of its message would wait for ever.
        if (request.raw.destroyed && !request.raw.readableEnded) done(clientGone());
        else done();
      }, done);
    } catch (error) {
      done(error as Error);
    }
  }

  /**
   * The endpoint that a URL ends with, as its resource is named.
   *
   * @throws GateError UPSTREAM_UNKNOWN, HTTP_PATH
   */
  #endpointAt(url: string): string {
    const { endpoints, upstreams } = this.#options;
    const [path = ''] = url.split('?');
    const [, kind = '', upstream = ''] = /\/([^/]*)\/([^/]*)$/.exec(path) ?? [];
    if (Object.hasOwn(endpoints, `${kind}/`)) {
      if (upstreams.includes(upstream)) return `${kind}/${upstream}`;
      throw unknownUpstream(upstream);
    }
    if (Object.hasOwn(endpoints, upstream)) return upstream;
    throw unknownPath();
  }

  /** Answers what was refused before it reached the endpoint, and records it. */
  #refuse(error: GateError, request: FastifyRequest, reply: FastifyReply): void {
    const { reject, authenticator } = this.#options;
    const { upstream = '' } = (request.params ?? {}) as { upstream?: string };
    const { identity, ip, method, routeOptions } = request;
    const [, kind = ''] = (routeOptions.url ?? '').split('/');
    const endpoint = upstream === '' ? kind : `${kind}/${upstream}`;
    reject({ upstream, method, ip, identity: identity ?? undefined }, error);
    reply.hijack();
    const challenge = error.code.startsWith('AUTH_') && error.code !== 'AUTH_ISSUER_UNAVAILABLE';
    const more = {
      ...(challenge ? { 'www-authenticate': authenticator.challenge(error, endpoint) } : {}),
      ...(error.code === 'HTTP_METHOD' ? { allow: this.#allowed(kind, upstream) } : {}),
    };
    // Node reads away the rest of a body that is too large: closing at once would lose the answer to whoever still writes.
    sendError(reply.raw, error, null, more, versionFacts(error, request.headers));
  }

  #allowed(kind: string, upstream: string): string {
    const { endpoints } = this.#options;
    return endpoints[upstream === '' ? kind : `${kind}/`]?.methods.join(', ') ?? '';
  }
}

function unknownUpstream(upstream: string): GateError {
  return new GateError('UPSTREAM_UNKNOWN', `there is no upstream "${upstream}"`);
}

function clientGone(): GateError {
  return new GateError('CLIENT_GONE', 'the client has gone before it had sent its message');
}

function unknownPath(): GateError {
  const hint = 'endpoints are /mcp/{upstream}, /mcp and /sse/{upstream}';
  return new GateError('HTTP_PATH', 'there is nothing here', { hint });
}

/** Fastify's own errors in the gate's words. */
function fromFastify(error: unknown): GateError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
    // A method that Fastify doesn't know; over HTTP/1.1 Node refuses most of them.
    case 'FST_ERR_NOT_FOUND':
      return unknownPath();
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new GateError('FRAME_TOO_LARGE', 'the message is too large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new GateError('HTTP_CONTENT_TYPE', `the body must be ${JSON_TYPE}`);
    case 'ECONNRESET':
      return clientGone();
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new GateError('FRAME_INVALID', 'the body is not as long as Content-Length says');
    default:
      return asGateError(error);
  }
}
