/** How far somebody has come who reads steps by position. */
export interface StepCursor {
  /** Everything up to here is done. */
  readonly position: number;
  /** `EXCHANGE/SEQ` of the step there, which tells whether the database is still the same; null where there was none. */
  readonly step: string | null;
}

/** What tells of the steps of a database. */
interface KnownSteps {
  /** `EXCHANGE/SEQ` of the step at a position; undefined where none is, or none any more. */
  idAt(position: number): string | undefined;
  /** 0 where there is none. */
  lastPosition(): number;
}

/** Whether a cursor is of this database: its step is there as it was, or it was removed, with all before it. */
export function isCursorOf({ position, step }: StepCursor, steps: KnownSteps): boolean {
  if (position === 0) return true;
  const id = steps.idAt(position);
  return id === undefined ? position <= steps.lastPosition() : id === step;
}
