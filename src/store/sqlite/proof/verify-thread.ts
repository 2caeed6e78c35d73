import { parentPort, workerData } from 'node:worker_threads';
import { type VerifyData, type VerifyTask, VerifyTasks } from './verify-tasks.ts';

// A thread that compares parts of a transcript database with its proof.

const tasks = new VerifyTasks(workerData as VerifyData);
parentPort?.on('message', (task: VerifyTask | 'end') => {
  if (task !== 'end') return parentPort?.postMessage(tasks.run(task));
  tasks.close();
  parentPort?.close();
});
