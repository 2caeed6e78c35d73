import type { Frame } from '../../model/message.ts';
import { digestOf } from '../../protocol/canonical.ts';
import type { Exchange } from '../exchange.ts';
import { placeOfQuestion, questionPlace } from './limit-charges.ts';

/** Questions whose last answer is remembered; each of them has been counted. */
const MAX_ANSWERED = 10_000;

/** Which questions of tasks have been answered, so that an answer uses up what was counted for its question. */
export class AnsweredQuestions {
  /** The exchange that has answered last, by the place of the question. */
  readonly #answers = new Map<string, string>();

  /** Notes what a request answers that goes on. */
  note(frame: Frame, exchange: Exchange): void {
    if (frame.direction !== 'up' || frame.kind !== 'request') return;
    for (const { what, path } of exchange.carried.parts) {
      const [member, key] = path;
      if (member !== 'inputResponses' || (what.kind !== 'answer' && what.kind !== 'unasked')) {
        continue;
      }
      const place = questionPlace(String(key), exchange);
      if (place === undefined) continue;
      this.#answers.delete(place);
      this.#answers.set(place, exchange.id);
      const [oldest] = this.#answers.keys();
      if (this.#answers.size > MAX_ANSWERED && oldest !== undefined) this.#answers.delete(oldest);
    }
  }

  /** What a question is counted by: another name after each answer, that no other gate and no restart repeats. */
  nameOf(question: string): string {
    const answer = this.#answers.get(placeOfQuestion(question));
    return answer === undefined ? question : digestOf([question, answer]);
  }
}
