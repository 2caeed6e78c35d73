import type { MaskerSpec } from '../model/decision.ts';

/** What one mask does to what one of its detectors, its path or one of its globs finds. */
export interface Use {
  /** Its place among all uses, which doesn't depend on the order of masks. */
  readonly id: number;
  readonly rule: string;
  /** For reports: the detector, the path, or the glob. */
  readonly what: string;
  readonly spec: MaskerSpec;
}

/** A use that is due at one place. */
export interface Due {
  readonly use: Use;
  /** What a placeholder says stood there; undefined at a path. */
  readonly label: string | undefined;
  /** What a token is called, unless the policy says so. */
  readonly named: string | undefined;
}

export const NONE_DUE: readonly Due[] = [];
