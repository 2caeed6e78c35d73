/** Past so many texts all is forgotten at once, for texts come from outside. */
const MOST = 2_000;
/** Longer texts are not remembered, so that what is kept stays small. */
const MOST_CHARACTERS = 1_000;

/** Makes a pure function of a text remember what it gave. What it throws isn't remembered. */
export function remember<Result>(make: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = make(text);
    if (text.length > MOST_CHARACTERS) return made;
    if (known.size >= MOST) known.clear();
    known.set(text, made);
    return made;
  };
}
