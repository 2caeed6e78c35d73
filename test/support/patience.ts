import { vi } from 'vitest';

/** How long tests wait for what comes at once on a quiet machine, in milliseconds. */
const patience = 10_000;

const patient = Symbol.for('sallyport.patient');
const known = vi as typeof vi & { [patient]?: true };

// `expect.poll` has a setting for this, `vi.waitFor` has none: a second unless told otherwise.
if (!known[patient]) {
  const { waitFor } = vi;
  known[patient] = true;
  vi.waitFor = (check, options) =>
    waitFor(check, typeof options === 'number' ? options : { timeout: patience, ...options });
}
