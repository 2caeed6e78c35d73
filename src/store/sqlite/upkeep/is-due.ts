/**
 * Whether something is due that is done every so often. All in milliseconds; a clock that was set back must not stop it.
 *
 * @param due when it is, by a clock that may have been set back since
 */
export function isDue(now: number, due: number, every: number): boolean {
  return now >= due || due - now > every;
}
