import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { proofKey, publicKeysBeside } from '../../src/daemon/proof-key.ts';
import {
  newProofKey,
  proofKeysOf,
  publicPemOf,
  signerOf,
} from '../../src/store/proof/proof-key.ts';
import { prove } from '../../src/store/sqlite/proof/prove.ts';
import { retain } from '../../src/store/sqlite/retention/retain.ts';
import { end, head, step } from '../support/batches.ts';
import { Kept } from '../support/kept.ts';
import { computeAnew } from './proof/compute-anew.ts';
import { within } from './proof/proved.ts';

// Who can write to the file, but has no key, must not have fresh steps removed with a signed record of it.

const DAY = 86_400_000;
let kept: Kept;
beforeEach(() => {
  kept = new Kept();
});
afterEach(() => kept.stop());

/** Exchanges of three steps, each in a block of its own. */
function record(...ids: readonly string[]): void {
  recordWith({}, ids);
}

function recordWith(said: { payload?: string }, ids: readonly string[]): void {
  for (const id of ids) {
    const at = kept.now;
    kept.append({
      opened: [head(id, { openedAt: at })],
      events: [
        step(id, 0, { at, ...said }),
        step(id, 1, { at, kind: 'decided' }),
        step(id, 2, { at }),
      ],
      closed: [end(id, { closedAt: at })],
    });
    kept.run(prove);
    kept.now += 1_000;
  }
}

function tamper(...statements: readonly string[]): void {
  const db = new Database(kept.path);
  for (const sql of statements) db.exec(sql);
  db.close();
}

const left = () =>
  kept.ask(`SELECT DISTINCT exchange FROM event WHERE revision <> '' ORDER BY position`);
const records = () =>
  kept.ask(`SELECT count(*) FROM exchange WHERE method = 'transcripts/remove'`)[0];
const byAge = { keep: { age: DAY } };
const byUpstream = { keep: { upstreams: { db: DAY, chat: DAY } } };

describe('retention by age', () => {
  const ago = 10 * DAY;
  it.each([
    ['look old', `UPDATE event SET at = at - ${ago}`],
    [
      'look old, with their blocks',
      `UPDATE event SET at = at - ${ago}; UPDATE block SET at = at - ${ago}`,
    ],
    [
      'are gone, and whose blocks look old',
      `DELETE FROM event WHERE seq = 2; UPDATE block SET at = at - ${ago}`,
    ],
    [
      'look old, in blocks of a key that nobody knows',
      `UPDATE event SET at = at - ${ago}; UPDATE block SET at = at - ${ago}, signer = '0123456789abcdef'`,
      () => within(kept.path, computeAnew),
    ],
  ])('keeps fresh steps that %s, and raises the alarm once', async (_, sql, then?: () => void) => {
    record('a', 'b', 'c');
    tamper(sql);
    then?.();
    const chore = () => kept.run(retain, byAge);
    chore();
    expect([left(), records()]).toEqual([['a', 'b', 'c'], 0]);
    expect(kept.alarms).toEqual([expect.stringMatching(/^retention keeps .* steps? [46]/)]);
    expect((await kept.verify()).findings).not.toEqual([]);
  });

  it('goes by when a block was signed where its last step is gone', () => {
    record('a', 'b', 'c');
    tamper('DELETE FROM event WHERE position = 3');
    kept.now += DAY - 4_000;
    kept.run(retain, byAge);
    expect(left()).toEqual(['a', 'b', 'c']);
    kept.now += 1_500;
    kept.run(retain, byAge);
    expect(left()).toEqual(['b', 'c']);
  });

  it('goes on behind what was changed, once what is behind that is due as well', () => {
    record('a', 'b', 'c', 'd');
    tamper(`UPDATE event SET detail = '{}' WHERE position = 3`);
    kept.now += DAY - 3_500;
    kept.run(retain, byAge);
    expect([left(), kept.alarms.length]).toEqual([['a', 'b', 'c', 'd'], 1]);
    kept.now += 1_000;
    kept.run(retain, byAge);
    expect(left()).toEqual(['c', 'd']);
  });

  it('goes on behind a step that cannot be read', () => {
    record('a', 'b', 'c', 'd');
    tamper(
      'UPDATE event SET kept = 1 WHERE position = 6',
      `INSERT INTO pack (last, first, bytes, data) VALUES (6, 6, 5, x'00')`,
    );
    kept.now += DAY - 2_500;
    kept.run(retain, byAge);
    expect(left()).toEqual(['b', 'c', 'd']);
    expect(kept.alarms).toEqual([expect.stringMatching(/step 6 cannot be read/)]);
    kept.now += 1_000;
    kept.run(retain, byAge);
    expect(left()).toEqual(['d']);
  });

  it('is told of all keys that have signed, by what the gate keeps beside the database', async () => {
    const own = await proofKey(undefined, kept.path, kept.folder);
    rmSync(join(kept.folder, 'proof.key'));
    const next = await proofKey(undefined, kept.path, kept.folder);
    const names = [own, next].map((pem) => signerOf(pem).name);
    expect([...proofKeysOf(publicKeysBeside(kept.path)).keys()]).toEqual(names);
  });

  it.each([
    ['known', ['b']],
    ['not known', ['a', 'b']],
  ])('removes what an earlier key has signed only where that is %s', (which, expected) => {
    const earlier = newProofKey();
    const now = kept.proof;
    Object.assign(kept, { proof: { ...now, key: earlier } });
    record('a');
    Object.assign(kept, { proof: now });
    kept.now += DAY;
    record('b');
    const pem = which === 'known' ? publicPemOf(earlier) : 'what somebody has written';
    kept.run(retain, { ...byAge, proof: { ...now, earlier: pem } });
    expect(left()).toEqual(expected);
    expect(kept.alarms).toHaveLength(which === 'known' ? 0 : 1);
  });
});

describe('retention by upstream', () => {
  it.each([
    ['look old', 'UPDATE event SET at = 5', 'db'],
    ['are said to be of another upstream', `UPDATE exchange SET upstream = 'chat'`, 'chat'],
    [
      'are said to be of another exchange',
      `UPDATE event SET exchange = 'a' WHERE exchange = 'b'`,
      'db',
    ],
  ])('keeps steps that %s, and raises the alarm', (_, sql, upstream) => {
    record('a', 'b', 'c');
    if (!sql.includes('at = 5')) kept.now += 2 * DAY;
    record('fresh');
    tamper(sql);
    const { [upstream as 'db']: age } = byUpstream.keep.upstreams;
    kept.run(retain, { keep: { upstreams: { [upstream]: age } } });
    expect(kept.ask('SELECT count(*) FROM event WHERE position < 7')).toEqual([6]);
    expect(kept.alarms.length).toBeGreaterThan(0);
  });

  it('removes the others all the same', () => {
    record('a', 'b', 'c');
    tamper(`UPDATE exchange SET sub = 'eve' WHERE id = 'b'`);
    kept.now += 2 * DAY;
    record('fresh');
    kept.run(retain, byUpstream);
    expect(left()).toEqual(['b', 'fresh']);
    expect(kept.alarms).toHaveLength(1);
  });

  it('trusts what was erased meanwhile', async () => {
    record('a', 'b');
    await kept.erase(['a'], true);
    kept.now += 2 * DAY;
    record('fresh');
    kept.run(retain, byUpstream);
    expect([left(), kept.alarms]).toEqual([['fresh'], []]);
  });
});

it('retention by size goes by no position that somebody made up', () => {
  const calls = Array.from({ length: 20 }, (_, n) => `call-${n}`);
  recordWith({ payload: `"${'x'.repeat(30_000)}"` }, calls);
  // Each step seems to take next to nothing, so that all of them would have to go.
  tamper(`INSERT INTO event (position, exchange, seq, at, kind, revision)
    VALUES (1000000000000, 'call-0', 9, ${kept.now}, 'decided', 'r1')`);
  kept.run(prove);
  const used = (kept.value('page_count') - kept.value('freelist_count')) * kept.value('page_size');
  kept.run(retain, { keep: { size: used } });
  expect(left().length).toBeGreaterThan(15);
});
