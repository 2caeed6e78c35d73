import { LEAF_BYTES } from '../../proof/block.ts';
import type { Finding } from '../../proof/finding.ts';
import { leafDigest } from '../../proof/leaf.ts';
import type { MadeLeaf } from './leaf-maker.ts';
import type { StepRow } from './leaf-rows.ts';

/** A step that is not what its block says, without its texts. */
export interface WrongStep {
  readonly step: Pick<StepRow, 'position' | 'exchange' | 'seq' | 'at' | 'kind' | 'revision'>;
  readonly made: Pick<MadeLeaf, 'contents' | 'head' | 'end'>;
}

/**
 * What has become of the steps of a block that are not what it says: a step that fits another position was moved, by
 * somebody who changed the order, removed one before it or put one in.
 *
 * @param leaves of the block, in hexadecimal digits
 * @param gaps positions of the block that have no step
 */
export function misplaced(
  wrong: readonly WrongStep[],
  leaves: string,
  first: number,
  gaps: readonly number[],
): Finding[] {
  const places = [...wrong.map(({ step }) => step.position), ...gaps];
  const signed = (position: number) => {
    const from = (position - first) * LEAF_BYTES * 2;
    return leaves.slice(from, from + LEAF_BYTES * 2);
  };
  const byLeaf = new Map(places.map((position) => [signed(position), position]));
  const homes = new Map(wrong.map((one) => [one.step.position, homeOf(one, byLeaf, places)]));
  return wrong.map(({ step }, index) => {
    const { position, exchange, seq, at } = step;
    const about = { position, exchange, seq, at };
    const home = homes.get(position);
    const next = wrong[index + 1]?.step.position;
    if (home === position) {
      return {
        ...about,
        wrong: 'changed',
        why: 'there is something in the place of what was erased',
      };
    }
    if (home === undefined) {
      const isPushed = next === position + 1 && homes.get(next) === position;
      if (isPushed) return { ...about, wrong: 'inserted', why: 'nothing of it was signed' };
      return { ...about, wrong: 'changed', why: 'it, or its exchange, is not what was signed' };
    }
    const isFirst = index === 0 || homes.get(position - 1) === undefined;
    if (isFirst && home > position && homes.get(home) !== position) {
      const why = `the step that was signed here is gone: this one was step ${home}`;
      return { ...about, wrong: 'removed', why };
    }
    return { ...about, wrong: 'reordered', why: `it was signed as step ${home}` };
  });
}

/** The position at which a step would be right. */
function homeOf(
  { step, made }: WrongStep,
  byLeaf: ReadonlyMap<string, number>,
  places: readonly number[],
): number | undefined {
  return places.find((position) => {
    const leaf = leafDigest({ ...step, position }, made.contents, made.head, made.end);
    return byLeaf.get(leaf) === position;
  });
}
