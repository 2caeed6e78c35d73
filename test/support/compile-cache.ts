/**
 * For processes that get an environment of their own: they find what those before have compiled, and start in half
 * the time. It goes into the environment of whatever runs Node.
 */
export const compileCache: Readonly<Record<string, string>> =
  process.env.NODE_COMPILE_CACHE === undefined
    ? {}
    : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE };
