import { EventEmitter } from 'node:events';

/** Tells when a server has begun to wait. */
export const waiting = new EventEmitter<{ begun: [] }>();

/** What the servers of the conversations know, the same in both eras. */
export const clinic = {
  find: 'Finds a patient by name.',
  note: 'note://rounds/today',
  rounds: 'Bed 4: Ann Lee, reachable at ann.lee@example.com.\nBed 5: empty.',
  wards: ['north', 'south'],
  logged: { counted: 12, by: 'nurse.joy@example.com' },
  question: 'Summarise: Ann Lee <ann.lee@example.com> slept well.',
  dose: 'Which dose?',
  handover: (ward: string) => `Hand over the ward ${ward}.`,
  found: {
    content: [{ type: 'text' as const, text: 'Ann Lee, ann.lee@example.com, born 1970-05-17' }],
    structuredContent: { name: 'Ann Lee', mail: 'ann.lee@example.com', born: '1970-05-17' },
  },
};

export function said(text: string) {
  return { content: [{ type: 'text' as const, text }] };
}
