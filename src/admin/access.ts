import type { Authenticator } from '../auth/contract.ts';
import { resourceUrl } from '../auth/resource.ts';
import { GateError } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';
import { isList, type JsonObject, member } from '../model/json.ts';

export interface AccessOptions {
  readonly authenticator: Authenticator;
  /** The URL under which the admin API is known. */
  readonly url: () => string;
  /**
   * True where the issuers are those of the gate. Their tokens must then be meant for the admin API itself: a further
   * `audience` that agents' tokens have is no key to it.
   */
  readonly exact: boolean;
}

/** What tokens for the admin API are meant for, as a path. */
const RESOURCE = 'v1';

/** Tells who calls the admin API. */
export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** @throws GateError AUTH_…, as {@link Authenticator.authenticate} */
  async identify(authorization: string | undefined): Promise<Identity> {
    const identity = await this.#options.authenticator.authenticate(authorization, RESOURCE);
    if (this.#options.exact && !this.#isMeant(identity)) {
      throw new GateError('AUTH_AUDIENCE', 'the bearer token is meant for another resource', {
        hint: `ask for a token with the resource ${this.#resource}, or configure admin.issuers`,
      });
    }
    return identity;
  }

  /** The `WWW-Authenticate` header for a refusal. */
  challenge(error: GateError): string {
    return this.#options.authenticator.challenge(error, RESOURCE);
  }

  /** The API as a protected resource (RFC 9728, section 2). */
  metadata(): JsonObject {
    const metadata = this.#options.authenticator.metadata(RESOURCE);
    return { ...metadata, resource_name: 'Sallyport admin API' };
  }

  get #resource(): string {
    return resourceUrl(this.#options.url(), RESOURCE);
  }

  #isMeant({ claims }: Identity): boolean {
    const given = member(claims, 'aud');
    const audience = isList(given) ? given : [given];
    return [this.#resource, `${this.#resource}/`].some((one) => audience.includes(one));
  }
}
