import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signerOf } from '../../../src/store/proof/proof-key.ts';
import { recordOwn } from '../../../src/store/sqlite/own-exchange.ts';
import { Eraser } from '../../../src/store/sqlite/proof/eraser.ts';
import { newestSeal } from '../../../src/store/sqlite/proof/newest-seal.ts';
import {
  callerFact,
  client,
  exchange,
  key,
  Proved,
  sign,
  tamper,
  tool,
  verified,
  within,
  write,
} from './proved.ts';

let proved: Proved;
beforeAll(() => {
  proved = new Proved();
});
afterAll(() => proved.close());

describe('a fact that is gone', () => {
  it.each([
    ['what a token said of its caller', callerFact('bo').digest, 11, 'c'],
    ['what a client said of itself', client.digest, 1, 'a'],
    ['what an upstream said of a tool', tool.digest, 2, 'a'],
  ])('is missed: %s', async (_, digest, position, id) => {
    const path = proved.copy();
    tamper(path, `DELETE FROM fact WHERE digest = '${digest}'`);
    const { findings, checkpoint } = await verified(path);
    expect(findings).toMatchObject([{ wrong: 'removed', position, exchange: id }]);
    expect(checkpoint).toBeUndefined();
    expect((await verified(path, { from: 11 })).findings).toHaveLength(1);
  });

  it('is missed by nobody where nothing names it any more', async () => {
    const path = proved.copy();
    await erased(path, 'c');
    expect(await verified(path)).toMatchObject({ findings: [], erased: 1 });
    // The record that facts have gone excuses none that were named before, or are named for long.
    tamper(path, `DELETE FROM fact WHERE digest = '${callerFact('ana').digest}'`);
    expect((await verified(path)).findings).toMatchObject([{ wrong: 'removed', position: 1 }]);
  });

  it('may be named again by a gate that took it for written when it was erased', async () => {
    const path = proved.copy();
    await erased(path, 'c');
    write(path, named('d', Date.now()));
    expect((await verified(path)).findings).toEqual([]);
    write(path, named('e', Date.now() + 240_000));
    sign(path);
    const { findings } = await verified(path);
    expect(findings).toMatchObject([{ wrong: 'removed', exchange: 'd' }]);
  });

  it('may have gone with steps that retention removed long after it was named', async () => {
    const path = proved.pathOf('outlived.db');
    const long = exchange('long');
    write(path, { ...long, events: long.events.slice(0, 1), closed: [] }, exchange('a'));
    sign(path);
    // The next gate ends what is still open, long after it began.
    write(path, { ...named('d', Date.now()), facts: [callerFact('bo'), client, tool] });
    sign(path);
    within(path, (db) => {
      db.exec('DELETE FROM event WHERE position <= 6');
      db.exec(`DELETE FROM exchange WHERE id = 'a'`);
      db.exec(`DELETE FROM fact WHERE digest = '${callerFact('ana').digest}'`);
      recordOwn(db, {
        ...{ method: 'transcripts/remove', at: Date.now(), signer: signerOf(key) },
        steps: [{ kind: 'closed', detail: { removed: [[1, 6]], after: newestSeal(db) } }],
      });
    });
    expect(await verified(path)).toMatchObject({ findings: [], removed: 6 });
    tamper(path, `DELETE FROM fact WHERE digest = '${callerFact('bo').digest}'`);
    expect((await verified(path)).findings).toMatchObject([{ wrong: 'removed', exchange: 'd' }]);
  });

  async function erased(path: string, id: string): Promise<void> {
    const eraser = new Eraser(path, key);
    await eraser.erase([id], { names: true, reason: 'asked', by: 'os:dpo' });
    await eraser.finish();
    eraser.close();
    sign(path);
  }

  /** An exchange of bo, without facts, at a time. */
  function named(id: string, at: number) {
    const { opened, ...rest } = exchange(id, 'bo');
    return { ...rest, facts: [], opened: opened.map((one) => ({ ...one, openedAt: at })) };
  }
});
