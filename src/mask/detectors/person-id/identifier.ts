import type { Needs } from '../../detector.ts';
import type { Topic } from '../context/topics.ts';

/** How one kind of identifier is written and proved. */
export interface Identifier {
  /** The name of the detector. */
  readonly name: Topic;
  /**
   * Forms that say enough by themselves. In a form `9` is a digit, `A` a capital, `a` a letter, `X`
   * a digit or a capital, `x` a digit or a letter; any other character stands for itself. Each form
   * has a part with digits only or of fixed length, and a blank in it matches one blank.
   */
  readonly alone?: readonly string[];
  /** Forms that count only where a word of the topic stands near, or the field's name has one. */
  readonly inContext?: readonly string[];
  /**
   * True where a form in `alone` is proved: no word in front of it ("order no.") makes it something
   * else.
   */
  readonly proven?: boolean;
  /** @param compact letters (capitals) and digits of the form, without what parts them */
  valid(compact: string): boolean;
  /** What a form in `alone` must hold besides, where no word of the topic is near. */
  convinces?(compact: string): boolean;
}

/** What a text must have for one of the forms to stand in it. */
export function needsOf({ alone = [], inContext = [] }: Identifier): Needs {
  const forms = [...alone, ...inContext];
  const digits = forms.map((form) => form.replace(/[^9]/g, '').length);
  return {
    length: Math.min(...forms.map((form) => form.length)),
    digits: Math.max(1, Math.min(...digits)),
  };
}
