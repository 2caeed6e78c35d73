import type { Place } from '../../mask/place/place.ts';
import { paramsPlace, resultPlace } from '../../mask/place/places.ts';
import type { Step } from '../../mask/token/known-token.ts';
import type { Frame } from '../../model/message.ts';
import type { Exchange } from '../exchange.ts';

/** A part of a message on its way up that is judged by itself, and where tokens in it can be put back. */
export interface TokenUnit {
  readonly name: string;
  /** Where it stands in the params, or the result. */
  readonly at: readonly Step[];
  /** Where data sits in it. */
  readonly place: Place;
  readonly places: readonly (readonly string[])[];
  /** Where in it paths of grants begin; undefined where they lead nowhere. */
  readonly base: readonly string[] | undefined;
}

type Places = Pick<TokenUnit, 'places' | 'base'>;

const args: Places = { places: [['arguments']], base: ['arguments'] };
/**
 * Not in the URI of a resource: it chooses the rules, and upstreams name it long after the call, in what they tell its
 * subscribers.
 */
const requests: ReadonlyMap<string, Places> = new Map([
  ['tools/call', args],
  ['prompts/get', args],
  [
    'completion/complete',
    {
      places: [
        ['argument', 'value'],
        ['context', 'arguments'],
      ],
      base: [],
    },
  ],
]);
const content: Places = { places: [['content']], base: undefined };
const answers: ReadonlyMap<string, Places> = new Map([
  ['sampling/createMessage', content],
  ['elicitation/create', content],
]);

/** What is judged of a message by itself, as far as it is to be sent up. The message's own body has the name "". */
export function tokenUnits(frame: Frame, { method, carried }: Exchange): readonly TokenUnit[] {
  if (frame.direction !== 'up') return [];
  if (frame.kind === 'result') return unitsOf('', [], method, resultPlace(method), answers);
  if (frame.kind !== 'request') return [];
  const own = frame.message.method;
  const parts = carried.parts.flatMap(({ what, path, place }) => {
    return what.kind === 'answer' ? unitsOf(path.join('.'), path, what.method, place, answers) : [];
  });
  return [...unitsOf('', [], own, paramsPlace(own), requests), ...parts];
}

function unitsOf(
  name: string,
  at: readonly Step[],
  method: string,
  place: Place,
  table: ReadonlyMap<string, Places>,
): TokenUnit[] {
  const places = table.get(method);
  return places ? [{ name, at, place, ...places }] : [];
}
