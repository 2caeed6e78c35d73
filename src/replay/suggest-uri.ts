/** `scheme://authority/` or `scheme:`, then folders; a name may follow. */
const FOLDER = /^([a-z][a-z\d+.-]*:(?:\/\/[^/]*\/|(?!\/\/))(?:.*\/)?)[^/]*$/is;
/** What a server may read as a way out of a folder, or a glob as more than itself. */
const ODD = /(?:^|\/)\.{1,2}(?:\/|$)|%(?:2e|2f|5c|00)|[\\*?\p{Cc}]/iu;

/** The same for policies: what in a folder is not what it seems. */
export const ODD_IN_FOLDER = '(?i)/\\.{1,2}$|%(2e|2f|5c|00)|[\\\\\\x00-\\x1f]';

/**
 * The folder of a URI, up to its last slash, or to the colon of one that has none.
 *
 * @returns undefined of what is no URI, is a host alone, or could be read in two ways
 */
export function uriFolder(uri: string): string | undefined {
  return ODD.test(uri) ? undefined : FOLDER.exec(uri)?.[1];
}
