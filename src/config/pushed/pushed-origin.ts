import { GateError } from '../../model/errors.ts';
import type { PolicyOrigin, PolicyReading } from '../policy-origin.ts';
import { digestOf } from '../reload.ts';
import type { PushKey } from './push-key.ts';
import { openBundle } from './pushed-bundle.ts';
import type { PushedRevision, PushedStore } from './pushed-store.ts';

/** Digits of the digest that are the revision. */
const SHORT = 12;

/** Policies that were pushed to the admin API. Only what one of the keys signed is ever read. */
export class PushedOrigin implements PolicyOrigin {
  readonly source: Readonly<Record<string, string>>;
  readonly startsWithout = true;
  readonly store: PushedStore;
  readonly keys: readonly PushKey[];
  /** How many revisions stay to go back to. */
  readonly most: number;

  constructor(directory: string, store: PushedStore, keys: readonly PushKey[], most: number) {
    this.source = { kind: 'pushed', directory };
    this.store = store;
    this.keys = keys;
    this.most = most;
  }

  async read(): Promise<PolicyReading | undefined> {
    const { current, revisions } = await this.store.state();
    const known = revisions.find(({ revision }) => revision === current);
    return known && (await this.open(known));
  }

  /**
   * What a revision holds.
   *
   * @throws GateError POLICY_UNREADABLE, BUNDLE_SIGNATURE: since it was pushed, its key or its file was changed
   */
  async open({ revision, digest, by, issuer, pushedAt }: PushedRevision): Promise<PolicyReading> {
    const { bundle, kid } = await openBundle(await this.store.bundle(revision), this.keys);
    if (digestOf(bundle.files) !== digest) {
      throw new GateError('POLICY_UNREADABLE', `the bundle ${revision} is not the one pushed`);
    }
    return this.reading(bundle.files, { by, issuer, pushedAt, kid });
  }

  reading(
    files: PolicyReading['files'],
    facts: Readonly<Record<string, string>>,
  ): PolicyReading & { readonly revision: string } {
    const revision = digestOf(files).slice(0, SHORT);
    return { files, revision, source: { ...this.source, ...facts } };
  }

  /** Every change comes through the gate itself. */
  watch(): () => void {
    return () => undefined;
  }
}
