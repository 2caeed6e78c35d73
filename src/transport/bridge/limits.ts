/** How much the bridge between eras keeps at a time. */
export interface BridgeLimits {
  /** Sessions at the upstream that serve stateless clients; the last half is for owners that have none yet. */
  readonly sessions: number;
  /** Of those, sessions of one owner; beyond them, clients that differ in name only share one. */
  readonly ownerSessions: number;
  /** Calls of one owner that wait for what their client was asked for. */
  readonly pending: number;
  /** Times that one call may ask. */
  readonly rounds: number;
  /** Questions of one round, and resources of one subscription. */
  readonly items: number;
  /** Client sessions of which something is remembered (log level, subscriptions). */
  readonly remembered: number;
}

/** Milliseconds. */
export interface BridgeTimes {
  /** To wait for the answer to a probe. */
  readonly probe: number;
  /** For which what a probe found is believed. */
  readonly fresh: number;
  /** For which a client may keep a call waiting for its answers. */
  readonly input: number;
  /** To wait for the upstream to take a subscription or a log level, or to open a session. */
  readonly handshake: number;
  /** After which a session at the upstream that nothing uses is ended. */
  readonly idle: number;
  /** To wait for more questions after the first. */
  readonly gather: number;
  /** Before a lost stream is opened again, the first time; it doubles up to a minute. */
  readonly reopen: number;
}

export const defaultLimits: BridgeLimits = {
  sessions: 256,
  ownerSessions: 4,
  pending: 16,
  rounds: 16,
  items: 256,
  remembered: 10_000,
};

export const defaultTimes: BridgeTimes = {
  probe: 10_000,
  fresh: 300_000,
  input: 300_000,
  handshake: 30_000,
  idle: 300_000,
  gather: 20,
  reopen: 1_000,
};
