import { existsSync } from 'node:fs';
import { cursorsBeside } from '../../export/cursors-beside.ts';
import type { RetentionStanding } from '../../export/export-news.ts';
import { retentionStanding } from '../../export/retention-standing.ts';
import { StepFeed } from '../../store/sqlite/feed/step-feed.ts';
import { ExportCursors } from '../../store/sqlite/retention/export-cursors.ts';
import { unreadable } from '../../store/sqlite/unreadable.ts';

/** How far an export has come. */
export interface ExportStatus {
  readonly name: string;
  /** Steps that are still to come. */
  readonly behind: number;
  /** When the oldest of them was recorded, milliseconds since the epoch; undefined where there is none. */
  readonly oldest?: number;
  readonly retention: RetentionStanding;
}

/**
 * How far exports of a database have come; none where nothing was ever exported.
 *
 * @param names those that are meant; left out: all that there ever were
 * @throws GateError STORE_UNREADABLE
 */
export function exportsStatus(path: string, names?: readonly string[]): ExportStatus[] {
  const beside = cursorsBeside(path);
  if (!existsSync(beside)) return [];
  const feed = new StepFeed(path);
  let cursors: ExportCursors | undefined;
  try {
    cursors = new ExportCursors(beside);
    const meant = cursors.all().filter(({ name }) => names?.includes(name) ?? true);
    const last = feed.lastPosition();
    return meant.map(({ name, position }) => {
      const oldest = feed.timeAfter(position);
      const behind = Math.max(0, last - position);
      const retention = retentionStanding(position, feed);
      return { name, behind, ...(oldest === undefined ? {} : { oldest }), retention };
    });
  } catch (cause) {
    throw unreadable(beside, cause);
  } finally {
    cursors?.close();
    feed.close();
  }
}
