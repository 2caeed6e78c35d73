import type { ClientInfo, Identity } from '../model/identity.ts';
import type { Json } from '../model/json.ts';

/** A value that is not known yet and may turn out to be anything. */
export const UNKNOWN = Symbol('unknown');
/** A value that should be there and can't be had; whatever needs it can't be judged. */
export const UNAVAILABLE = Symbol('unavailable');
/** No value is there. */
export const ABSENT = Symbol('absent');

export type Known = Json | typeof ABSENT;
export type Value = Known | typeof UNKNOWN | typeof UNAVAILABLE;

export const targetKinds = ['tools', 'resources', 'prompts', 'methods'] as const;
/** What kind of thing a message names; `methods` where it names nothing but its method. */
export type TargetKind = (typeof targetKinds)[number];

export interface Target {
  readonly kind: TargetKind;
  /** Tool or prompt name, resource URI, or method. */
  readonly name: string;
}

/** Facts of the request that carries the message. */
export interface RequestFacts {
  readonly upstream: string;
  readonly method: string;
  readonly protocol?: string;
  /** Milliseconds since the epoch; policies see it as RFC 3339 in UTC, in whole seconds. */
  readonly now: number;
  readonly ip?: string;
}

/** Everything that a policy can judge a message by. */
export interface Subject {
  readonly identity: Identity;
  readonly request: RequestFacts;
  readonly target: Target;
  readonly client: ClientInfo;
  readonly args: Value;
  /** `_meta` of the message; left out where it has none. */
  readonly meta?: Value;
  readonly result: Value;
  /** The error that the upstream answered with; left out: none, or not known while the result isn't. */
  readonly error?: Value;
  /** What the upstream says of the tool that is named. */
  readonly tool: Value;
  /** Members of `args` that are known although `args` as a whole are not. */
  readonly known?: Readonly<Record<string, Value>>;
  /** The subject stands for any message of this caller to this upstream. */
  readonly anyMessage?: true;
}

/** Messages of one kind, whatever they carry and, unless it is their method, whatever they name. */
export interface Use {
  readonly kind: TargetKind;
  readonly method: string;
  /** Members of `args` that all of them have, or all lack. */
  readonly known?: Readonly<Record<string, Value>>;
  /** Requests of an upstream's to the client: nobody is asked to approve those. */
  readonly down?: true;
}

/**
 * What rules can come to for a {@link Use}: one may let some such message through, one stops all of them for sure, or
 * no rule has a say.
 */
export type Prospect = 'granted' | 'stopped' | 'open';
