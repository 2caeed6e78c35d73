import * as z from 'zod';

/** Where what is recorded goes beside the database. */
export const exportsSchema = z.array(z.never());
