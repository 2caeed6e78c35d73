/**
 * The URL of a module, for a thread that runs it: a source while developing, its compiled twin in the package.
 *
 * @param source as it is called beside whoever asks
 * @param own the URL of whoever asks: `import.meta.url`
 */
export function moduleBeside(source: `./${string}.ts`, own: string): URL {
  return new URL(own.endsWith('.ts') ? source : source.replace(/\.ts$/, '.js'), own);
}
