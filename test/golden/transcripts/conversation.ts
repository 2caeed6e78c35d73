import type { Approver } from '../../e2e/support/approver.ts';
import { clinic } from './clinic.ts';
import type { Speaker } from './speaker.ts';

/**
 * What an agent has to do with the clinic, one thing after the other, so that it is recorded in the same order.
 *
 * @param calm resolves once nothing that was begun goes on
 */
export async function converse(
  agent: Speaker,
  doctor: Approver,
  calm: () => Promise<void>,
): Promise<void> {
  await agent.list();
  await agent.call('find_patient', { name: 'Ann Lee' });
  await agent.call('write_letter', {
    to: 'ann.lee@example.com',
    text: 'Pay with 4111 1111 1111 1111.',
  });
  await agent.call('delete_patient', { name: 'Ann Lee' });
  const discharged = agent.call('discharge', { name: 'Ann Lee' });
  await doctor.approve((await doctor.asked('discharge')).id);
  await discharged;
  await agent.call('count_beds', {}, { progress: true });
  await agent.call('summarise', {});
  if (agent.asksUsers) await agent.call('ask_doctor', {});
  await agent.read(clinic.note);
  await agent.prompt('handover', { ward: 'north' });
  await agent.giveUp('wait');
  await calm();
  await agent.batch?.();
  await agent.read('note://unknown').catch(() => undefined);
  await agent.close();
}
