import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MaskPool, type MaskPoolOptions } from '../../src/aside/mask-pool.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Frame } from '../../src/model/message.ts';
import type { Log } from '../../src/model/seams.ts';
import { type FrameMasks, maskedFrame } from '../../src/pipeline/stages/mask-frame.ts';
import { answer } from '../support/gate.ts';
import { find, path, testContext } from '../support/masks.ts';

const script = new URL('./moody-worker.ts', import.meta.url);
const never = () => false;
const text = (value: string, more: JsonObject = {}) =>
  answer({ content: [{ type: 'text', text: value }], ...more });
const how = (masks = [find(['email'])], more: Partial<FrameMasks> = {}): FrameMasks => ({
  ...{ masks, parts: [], begins: false, method: 'tools/call', stopped: false },
  context: testContext,
  ...more,
});

let logged: string[] = [];
let pool: MaskPool;

function open(options: Partial<MaskPoolOptions> = {}): MaskPool {
  logged = [];
  const note = (fields: object, message: string) =>
    logged.push(`${JSON.stringify(fields)} ${message}`);
  const log: Log = { info: note, warn: note, error: note, debug: note };
  pool = new MaskPool({ log, threads: 1, script, ...options });
  return pool;
}

const mask = (frame: Frame, masks: FrameMasks = how(), isOver = never) =>
  pool.mask(frame, JSON.stringify(frame.message), masks, isOver);
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'masked',
    (error) => error.code,
  );

describe('a pool of masking threads', () => {
  beforeAll(() => void open());
  afterAll(() => pool.close());

  it.each([
    ['what detectors find', text('ask eve@example.org'), how()],
    [
      'what stands at a path',
      text('', { structuredContent: { rows: [{ pin: 1 }, { pin: 2 }] } }),
      how([path('structuredContent.rows[*].pin')]),
    ],
    [
      'what stands at any depth',
      text('', { structuredContent: { a: { pin: 1 } } }),
      how([path('**.pin')]),
    ],
    ['nothing', text('nobody'), how()],
  ])('masks %s as it would be masked here', async (_, frame, masks) => {
    // biome-ignore format: cases stand in lines
    const here = maskedFrame(frame, masks);
    const { frame: there, changed, ...did } = await mask(frame, masks);
    expect(there.message).toEqual(here.frame.message);
    expect(there.source).toBe(JSON.stringify(here.frame.message));
    expect(did).toEqual({ reports: here.reports, tokens: here.tokens });
    expect(changed.places.length > 0).toBe(here.reports.length > 0);
  });

  it('counts a mask once that is due to the whole and to a part', async () => {
    const own = find(['email']);
    const frame = answer({ tasks: [{ note: 'eve@example.org' }] });
    const part = {
      what: { kind: 'own' },
      path: ['tasks', 0],
      place: 'data',
      masks: [own],
    } as const;
    const masks = how([own], { parts: [part], method: 'tasks/list' });
    const { reports } = await mask(frame, masks);
    expect(reports).toEqual(maskedFrame(frame, masks).reports);
    expect(reports).toMatchObject([{ count: 1 }]);
  });

  it('keeps numbers that a double would change', async () => {
    const source =
      '{"jsonrpc":"2.0","id":1,"result":{"n":12345678901234567890,"to":"eve@example.org"}}';
    const { frame } = await pool.mask(
      answer({ n: 1, to: 'eve@example.org' }),
      source,
      how(),
      never,
    );
    expect(frame.source).toContain('"n":12345678901234567890,"to":"[redacted:email]"');
  });

  it('gives of a frame that goes nowhere what a transcript keeps of it', async () => {
    const long = text(`eve@example.org ${'x'.repeat(100_000)}`);
    const { frame, kept } = await mask(long, how([find(['email'])], { stopped: true }));
    expect(frame.source).toBeUndefined();
    expect(kept?.payload).toHaveLength(65_536);
    expect(kept?.payload).toContain('[redacted:email]');
    expect(kept?.detail?.characters).toBeGreaterThan(100_000);
  });

  it('masks one after the other, in the order they came', async () => {
    const order: string[] = [];
    const first = mask(text('please wait')).then(() => order.push('first'));
    const second = mask(text('then')).then(() => order.push('second'));
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });
});

describe('when a masking thread is in trouble', () => {
  afterEach(() => pool.close());

  it.each(['please hang', 'please die', 'please throw', 'please fail'])(
    'what it was to mask is refused (%s), and the next is masked all the same',
    async (trouble) => {
      open({ deadline: 2_000 });
      const bad = code(mask(text(`${trouble} eve@example.org`)));
      const good = mask(text('ask eve@example.org'));
      expect(await bad).toBe('MASK_FAILED');
      expect((await good).frame.source).toContain('ask [redacted:email]');
      expect(logged).toHaveLength(1);
      expect(logged[0]).toContain('MASK_FAILED');
      expect(logged.join()).not.toContain('eve@');
    },
  );

  it('one that died while it had nothing to do is not asked again', async () => {
    open({ deadline: 2_000 });
    await mask(text('then die'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await code(mask(text('x')))).toBe('masked');
  });

  it('what waits too long is refused', async () => {
    open({ patience: 100 });
    const slow = code(mask(text('please wait')));
    expect(await code(mask(text('x')))).toBe('MASK_BUSY');
    expect(await slow).toBe('masked');
    expect(await code(mask(text('x')))).toBe('masked');
  });

  it('more than may wait is refused at once', async () => {
    open({ room: 200 });
    const running = code(mask(text('please wait')));
    const waiting = code(mask(text('x'.repeat(100))));
    expect(await code(mask(text('y'.repeat(100))))).toBe('MASK_BUSY');
    expect(await Promise.all([running, waiting])).toEqual(['masked', 'masked']);
  });

  it('what nobody waits for any longer takes no time of it', async () => {
    open();
    let over = false;
    const running = code(mask(text('please wait')));
    const given = code(mask(text('please hang'), how(), () => over));
    const next = code(mask(text('x')));
    over = true;
    expect(await Promise.all([running, given, next])).toEqual(['masked', 'MASK_FAILED', 'masked']);
  });

  it('all that waits is refused when the gate stops', async () => {
    open();
    const both = [code(mask(text('please wait'))), code(mask(text('x')))];
    await pool.close();
    expect(await Promise.all(both)).toEqual(['MASK_FAILED', 'MASK_FAILED']);
    expect(await code(mask(text('x')))).toBe('MASK_FAILED');
  });
});
