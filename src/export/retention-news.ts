import type { ExportFigures, ExportNews } from './export-news.ts';

/** Tells when retention begins to wait for an export, gives up waiting, and need not wait any more. */
export class RetentionNews {
  readonly #known = new Map<string, ExportFigures['retention']>();

  /** What is new; undefined where nothing is. */
  of({ name, retention, behind }: ExportFigures): ExportNews | undefined {
    const before = this.#known.get(name) ?? 'free';
    this.#known.set(name, retention);
    if (retention === before) return undefined;
    const fields = { export: name, behind };
    switch (retention) {
      case 'waits':
        return {
          log: 'warn',
          fields,
          message: 'retention waits for an export to take what is due',
        };
      case 'removes':
        return { log: 'error', fields, message: 'retention removes what an export has not taken' };
      case 'free':
        return { log: 'info', fields, message: 'retention need not wait for an export any more' };
    }
  }
}
