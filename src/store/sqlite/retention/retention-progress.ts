// How far retention has come, in the table of upkeep.

/** Everything up to here is removed, or about to be. */
export const RETENTION_REMOVED = 'remove';
/** Up to here it would remove, but an export has yet to take some of it; 0 where it waits for none. */
export const RETENTION_WAITS = 'wait for exports';
