/** What one request has at most. */
const MOST_TEXTS = 50;
const MOST_CHARACTERS = 16 * 1_024;

/** Texts in batches of a bounded size; one that is longer stands alone. */
export function batchesOf(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let characters = 0;
  for (const text of texts) {
    const isFull = batch.length === MOST_TEXTS || characters + text.length > MOST_CHARACTERS;
    if (batch.length > 0 && isFull) {
      batches.push(batch);
      batch = [];
      characters = 0;
    }
    batch.push(text);
    characters += text.length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
