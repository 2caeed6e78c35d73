// All tests get fast-check from here (see vitest.config.ts).
import fc from '../../node_modules/fast-check/lib/fast-check.js';

// A commit is judged by the same samples each time, so that what fails is the commit's. Everywhere else they are new.
if (process.env.CI) fc.configureGlobal({ seed: 20_261_121 });

export * from '../../node_modules/fast-check/lib/fast-check.js';
export default fc;
