import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { AdminConfig } from '../config/schema.ts';
import { GateError, messageOf } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';
import type { Log } from '../model/seams.ts';
import { HttpServer } from '../transport/http/http-server.ts';
import { checkOrigin, type OriginRules } from '../transport/http/request-check.ts';
import type { TlsOptions } from '../transport/http/tls-files.ts';
import type { Access } from './access.ts';
import { apiError, apiStatus, noPath, toGateError } from './api-error.ts';
import { alive, type Health, healthPaths, ready } from './health.ts';
import { checkPermission } from './role.ts';
import type { AdminAnswer, PublicAnswer, PublicRoute, Route } from './route.ts';

export interface AdminServerOptions {
  readonly host: string;
  readonly port: number;
  /** Left out: cleartext. */
  readonly tls?: TlsOptions | undefined;
  readonly origin: OriginRules;
  readonly access: Access;
  readonly roles: AdminConfig['roles'];
  readonly routes: readonly Route[];
  /** Doors without a bearer token: pages for browsers, and what channels call. */
  readonly doors?: readonly PublicRoute[];
  readonly stopping: () => boolean;
  /** The revision in force; undefined while nothing is. */
  readonly revision: () => string | undefined;
  readonly log: Log;
}

/** How long a client may take to send a request, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;
/** How long running requests may take to end when the gate stops, in milliseconds. */
const FLUSH = 5_000;
const METADATA = '/.well-known/oauth-protected-resource/v1';
const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/**
 * The admin API: JSON over HTTP, for people who look after the gate, and the pages where they decide. Agents have no
 * business here.
 */
export class AdminServer {
  readonly #options: AdminServerOptions;
  readonly #app: FastifyInstance;
  #server!: HttpServer;
  #running = 0;

  constructor(options: AdminServerOptions) {
    this.#options = options;
    this.#app = Fastify({
      logger: false,
      serverFactory: (handler) => {
        this.#server = new HttpServer(handler, {
          tls: options.tls,
          requestTimeout: REQUEST_TIMEOUT,
          setting: 'admin.listen',
        });
        return this.#server.http1;
      },
      routerOptions: { maxParamLength: 128 },
      exposeHeadRoutes: false,
      frameworkErrors: (error, request, reply) => this.#refuse(error, request, reply),
    });
    this.#app.removeAllContentTypeParsers();
    const { routes, doors = [] } = options;
    const types = new Set([...routes, ...doors].flatMap(({ takes }) => takes?.type ?? []));
    for (const type of types) {
      this.#app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => {
        done(null, body);
      });
    }
    this.#hooks();
    this.#publicRoutes();
    for (const route of routes) this.#route(route);
    for (const door of doors) this.#door(door);
    this.#otherMethods([...routes, ...doors]);
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

  /** Stops listening. Requests that run, a push say, get a moment to end. */
  async close(): Promise<void> {
    const deadline = performance.now() + FLUSH;
    this.#server.goAway();
    while ((this.#running > 0 || this.#server.unread) && performance.now() < deadline) {
      await sleep(20);
    }
    await this.#server.close();
    await this.#app.close();
  }

  #hooks(): void {
    const { origin } = this.#options;
    const open: readonly string[] = Object.values(healthPaths);
    this.#app.addHook('onRequest', (request, reply, done) => {
      void reply.headers(always);
      if (!open.includes(request.url)) checkOrigin(request.headers, origin);
      done();
    });
    this.#app.setErrorHandler((error, request, reply) => this.#refuse(error, request, reply));
    this.#app.setNotFoundHandler((request, reply) => this.#refuse(noPath(), request, reply));
  }

  #publicRoutes(): void {
    const { stopping, revision, access } = this.#options;
    const send = (reply: FastifyReply, health: Health) =>
      reply.code(health.status === 'ok' ? 200 : 503).send(health);
    this.#app.get(healthPaths.alive, (_request, reply) => send(reply, alive(stopping())));
    this.#app.get(healthPaths.ready, (_request, reply) =>
      send(reply, ready(stopping(), revision() !== undefined)),
    );
    this.#app.get(METADATA, (_request, reply) => reply.send(access.metadata()));
  }

  #route(route: Route): void {
    const { method, path, takes } = route;
    const identities = new WeakMap<FastifyRequest, Identity>();
    this.#app.route({
      ...{ method, url: path, bodyLimit: takes?.bytes ?? 1 },
      // Before the body is read: strangers send none.
      onRequest: async (request) => {
        identities.set(request, await this.#admit(request, route));
      },
      handler: async (request, reply) => {
        const identity = identities.get(request);
        if (!identity) throw new GateError('AUTH_TOKEN_MISSING', 'a bearer token is needed');
        const answer = await this.#run(() => route.serve({ identity, ...partsOf(request) }));
        return send(reply, answer);
      },
    });
  }

  #door(door: PublicRoute): void {
    const { method, path, takes } = door;
    this.#app.route({
      ...{ method, url: path, bodyLimit: takes?.bytes ?? 1 },
      onRequest: async ({ headers }) => checkType(headers, takes),
      handler: async (request, reply) => {
        const asked = { ...partsOf(request), url: request.url };
        try {
          const answer = await this.#run(() => door.serve(asked));
          return answerPublicly(reply, answer);
        } catch (thrown) {
          if (!door.refuse) throw thrown;
          const error = toGateError(thrown);
          const status = apiStatus(error);
          this.#log(error, status, request);
          return answerPublicly(reply, { status, ...door.refuse(error, status, asked) });
        }
      },
    });
  }

  /** Has a request counted for as long as it is served, so that {@link close} waits for it. */
  async #run<T>(serve: () => Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await serve();
    } finally {
      this.#running--;
    }
  }

  async #admit({ headers }: FastifyRequest, { needs, takes }: Route): Promise<Identity> {
    const { access, roles } = this.#options;
    const identity = await access.identify(headers.authorization);
    if (needs !== 'anybody') checkPermission(identity, needs, roles);
    checkType(headers, takes);
    return identity;
  }

  /** A path that there is, with a method that it doesn't take. */
  #otherMethods(routes: readonly (Route | PublicRoute)[]): void {
    for (const url of new Set(routes.map(({ path }) => path))) {
      const taken = routes.filter(({ path }) => path === url).map(({ method }) => method);
      this.#app.route({
        method: methods.filter((method) => !taken.some((one) => one === method)),
        url,
        onRequest: (_request, reply, done) => {
          void reply.header('allow', taken.join(', '));
          done(new GateError('HTTP_METHOD', `this takes ${taken.join(', ')}`));
        },
        handler: () => undefined,
      });
    }
  }

  #refuse(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = toGateError(thrown);
    const { access } = this.#options;
    const status = apiStatus(error);
    this.#log(error, status, request);
    const isAuth = error.code.startsWith('AUTH_') && error.code !== 'AUTH_ISSUER_UNAVAILABLE';
    if (isAuth) void reply.header('www-authenticate', access.challenge(error));
    // What a change would have to name.
    if (status === 412 || status === 428) {
      void reply.header('etag', `"${this.#options.revision() ?? 'none'}"`);
    }
    void reply.headers(always).code(status).send(apiError(error));
  }

  #log(error: GateError, status: number, { method, ip, routeOptions }: FastifyRequest): void {
    const { log } = this.#options;
    const fields = { code: error.code, status, method, path: routeOptions.url ?? '', ip };
    if (error.code === 'STAGE_FAULT') {
      log.error({ ...fields, cause: messageOf(error.cause) }, 'the admin API failed');
    } else {
      log.warn({ ...fields, cause: error.message }, 'the admin API refused a request');
    }
  }
}

/** Before the body is read. @throws GateError HTTP_CONTENT_TYPE */
function checkType(headers: IncomingHttpHeaders, takes: Route['takes']): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (!takes || type === takes.type) return;
  throw new GateError('HTTP_CONTENT_TYPE', `the body must be ${takes.type}`);
}

function partsOf({ params, query, headers, body }: FastifyRequest) {
  return {
    params: params as Readonly<Record<string, string>>,
    query: query as Readonly<Record<string, string>>,
    headers,
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  };
}

function answerPublicly(reply: FastifyReply, answer: PublicAnswer): FastifyReply {
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    void reply.header(name, value);
  }
  return reply.code(answer.status ?? 200).send(answer.body ?? '');
}

function send(reply: FastifyReply, { body, type, revision }: AdminAnswer): FastifyReply {
  if (type !== undefined) void reply.type(type);
  if (revision !== undefined) void reply.header('etag', `"${revision}"`);
  return reply.send(body);
}
