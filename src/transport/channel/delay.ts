/** The longest delay that a timer of Node takes; a longer one would fire at once. */
const MAX_DELAY = 2_147_483_647;

/** A timer that runs `action` after so many milliseconds, however many they are. */
export function after(delay: number, action: () => void): NodeJS.Timeout {
  return setTimeout(action, Math.min(delay, MAX_DELAY));
}
