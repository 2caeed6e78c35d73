/**
 * The index of words: for each word the steps that may have it. It only says where to look; what is found is what the
 * text of a step has. So it needs neither the text itself nor the places of words within it, which makes it small. Its
 * parts are merged by upkeep, never while something is added, so that adding takes the same short time always.
 */
export const wordsTable = `CREATE VIRTUAL TABLE words USING fts5(
     text, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
   INSERT INTO words (words, rank) VALUES ('automerge', 0);
   INSERT INTO words (words, rank) VALUES ('crisismerge', 1999);`;

/** How far the index has come, in the table of upkeep. */
export const WORDS_DONE = 'words';
/** When all words of steps that are gone were last taken out of the file, milliseconds since the epoch. */
export const WORDS_PURGED = 'words-purged';
