import { GateError } from '../../model/errors.ts';
import type { Identity } from '../../model/identity.ts';
import type { Clock } from '../../model/seams.ts';
import { digestOf, type InForce, type LivePolicies } from '../reload.ts';
import { openBundle } from './pushed-bundle.ts';
import type { PushedOrigin } from './pushed-origin.ts';
import type { PushedRevision, PushedState } from './pushed-store.ts';

/** Who changes the policies, and what they take to be in force. */
export interface Change {
  readonly by: Pick<Identity, 'sub' | 'issuer'>;
  /** Revisions, one of which must be in force: nobody overwrites what they have not seen. */
  readonly ifMatch: readonly string[];
}

export interface Push extends Change {
  readonly jws: Uint8Array;
  /** True where everything is checked and nothing changed. */
  readonly dryRun: boolean;
}

export interface Changed {
  readonly replaces: string;
  readonly next: InForce;
  /** False where it was in force already. */
  readonly changed: boolean;
  /** Whose signature the bundle has. */
  readonly kid: string;
}

/** How far the clock of whoever made a bundle may be ahead, in milliseconds. */
const AHEAD = 300_000;

/** Takes over bundles, and goes back to earlier ones. One change at a time; nothing is in force that isn't on disk. */
export class PushedPolicies {
  readonly #live: LivePolicies;
  readonly #origin: PushedOrigin;
  readonly #clock: Clock;

  constructor(live: LivePolicies, origin: PushedOrigin, clock: Clock) {
    this.#live = live;
    this.#origin = origin;
    this.#clock = clock;
  }

  /** What was pushed, the newest first. @throws GateError POLICY_UNREADABLE */
  async revisions(): Promise<PushedRevision[]> {
    return (await this.#origin.store.state()).revisions.toReversed();
  }

  /** Files of a revision. @throws GateError REVISION_UNKNOWN, POLICY_UNREADABLE, BUNDLE_SIGNATURE */
  async files(revision: string) {
    const { files } = await this.#origin.open(find(await this.#origin.store.state(), revision));
    return files;
  }

  /**
   * @throws GateError BUNDLE_INVALID, BUNDLE_TOO_LARGE, BUNDLE_SIGNATURE, BUNDLE_STALE, PRECONDITION_FAILED,
   *   POLICY_INVALID with every problem, FILE_UNWRITABLE; the running policies then stay
   */
  async push({ jws, by, ifMatch, dryRun }: Push): Promise<Changed> {
    const { bundle, kid } = await openBundle(jws, this.#origin.keys);
    return this.#live.alone(async () => {
      this.#precondition(ifMatch);
      const pushedAt = this.#now();
      const who = { by: by.sub, issuer: by.issuer };
      const reading = this.#origin.reading(bundle.files, { ...who, pushedAt, kid });
      const digest = digestOf(bundle.files);
      const replaces = this.#live.snapshot.revision;
      const running = this.#live.inForce;
      if (running?.digest === digest) return { replaces, next: running, changed: false, kid };
      const state = await this.#origin.store.state();
      this.#refuseStale(bundle.createdAt, state);
      const next = await this.#live.check(reading);
      if (dryRun) return { replaces, next, changed: true, kid };
      const { revision } = reading;
      const { createdAt, note } = bundle;
      const entry: PushedRevision = {
        ...{ revision, digest, createdAt, pushedAt, ...who, kid, files: bundle.files.length },
        ...(note === undefined ? {} : { note }),
      };
      refuseTwin(entry, state);
      await this.#origin.store.writeBundle(revision, jws);
      await this.#origin.store.writeState(this.#withEntry(state, entry));
      await this.#live.put(next);
      return { replaces, next, changed: true, kid };
    });
  }

  /**
   * @throws GateError REVISION_UNKNOWN, PRECONDITION_FAILED, POLICY_UNREADABLE, BUNDLE_SIGNATURE, POLICY_INVALID,
   *   FILE_UNWRITABLE; the running policies then stay
   */
  async rollback(to: string, { ifMatch }: Change): Promise<Changed> {
    return this.#live.alone(async () => {
      this.#precondition(ifMatch);
      const state = await this.#origin.store.state();
      const entry = find(state, to);
      const next = await this.#live.check(await this.#origin.open(entry));
      const replaces = this.#live.snapshot.revision;
      const { kid } = entry;
      if (replaces === to) return { replaces, next, changed: false, kid };
      await this.#origin.store.writeState({ ...state, current: to });
      await this.#live.put(next);
      return { replaces, next, changed: true, kid };
    });
  }

  #precondition(ifMatch: readonly string[]): void {
    const { revision } = this.#live.snapshot;
    if (ifMatch.includes(revision)) return;
    const hint = 'look at what is in force now, and decide again';
    const message = `the revision in force is "${revision}"`;
    throw new GateError('PRECONDITION_FAILED', message, { hint });
  }

  /** An old bundle that was withdrawn must not come back by being sent again. */
  #refuseStale(createdAt: string, { newest }: PushedState): void {
    const at = Date.parse(createdAt);
    if (newest !== undefined && at <= Date.parse(newest)) {
      const hint = 'sign it anew, or roll back to its revision';
      const message = `the bundle is of ${createdAt}, not newer than the last one (${newest})`;
      throw new GateError('BUNDLE_STALE', message, { hint });
    }
    if (at > this.#clock() + AHEAD) {
      const hint = 'set the clock of the machine that signs';
      throw new GateError('BUNDLE_STALE', `the bundle is of the future: ${createdAt}`, { hint });
    }
  }

  #withEntry(state: PushedState, entry: PushedRevision): PushedState {
    const others = state.revisions.filter(({ revision }) => revision !== entry.revision);
    const revisions = [...others, entry].slice(-this.#origin.most);
    const { revision, createdAt } = entry;
    return { ...state, current: revision, newest: createdAt, revisions };
  }

  #now(): string {
    return new Date(this.#clock()).toISOString();
  }
}

function find({ revisions }: PushedState, wanted: string): PushedRevision {
  const found = revisions.find(({ revision }) => revision === wanted);
  if (found) return found;
  const hint = 'see "sallyport policies revisions"';
  throw new GateError('REVISION_UNKNOWN', `there is no revision "${wanted}"`, { hint });
}

/** A revision is a short digest; what somebody made to share one with other files would hide behind it. */
function refuseTwin({ revision, digest }: PushedRevision, state: PushedState): void {
  const twin = state.revisions.find((one) => one.revision === revision && one.digest !== digest);
  if (!twin) return;
  throw new GateError('BUNDLE_INVALID', `other files have the revision ${revision} already`, {
    hint: 'change a comment in one of them',
  });
}
