import { parentPort, workerData } from 'node:worker_threads';
import { GateError, messageOf } from '../../../model/errors.ts';
import { followed } from '../../search/followed.ts';
import { stepsPage } from '../../search/steps-page.ts';
import { SqliteReader } from '../reader.ts';
import type {
  Question,
  ReadingAnswer,
  ReadingFailure,
  ReadingRequest,
} from './reading-protocol.ts';

// The thread that reads transcripts for whoever must not wait.

let reader: SqliteReader | undefined;

/** Opened when it is first needed, and again after it could not be. */
function open(): SqliteReader {
  reader ??= new SqliteReader(workerData as string);
  return reader;
}

type Asked = { readonly [Name in Question]: (...given: never[]) => unknown };
const questions: Asked = {
  search: (...given: Parameters<SqliteReader['search']>) => open().search(...given),
  exchange: (id: string) => open().exchange(id),
  fact: (digest: string) => open().fact(digest),
  steps: (exchange: string, seq: number) => stepsPage(open(), exchange, seq),
  follow: (position: number, page: Parameters<typeof followed>[2]) =>
    followed(open(), position, page),
  lastPosition: () => open().lastPosition(),
};

function answer({ id, question, given }: ReadingRequest): ReadingAnswer {
  try {
    return { id, answer: questions[question](...(given as never[])) };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): ReadingFailure {
  if (!(error instanceof GateError)) return { message: messageOf(error) };
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

parentPort?.on('message', (request: ReadingRequest | 'end') => {
  if (request !== 'end') return parentPort?.postMessage(answer(request));
  // Ending it from outside while SQLite works would take the whole process with it.
  reader?.close();
  parentPort?.close();
});
