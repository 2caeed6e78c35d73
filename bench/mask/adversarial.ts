import { detectors } from '../../src/mask/detectors.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { body } from './bodies.ts';
import { hostile } from './hostile.ts';
import { everything, masking } from './masking.ts';
import { throughput } from './throughput.ts';

/** Megabytes a second that no text may push masking below. */
const AIM = 5;
const SIZE = 1_000_000;
/** What takes more than linear time shows before it takes all day. */
const TRIAL = 50_000;
/** Enough to see which texts are the slow ones. */
const SAMPLE = 10_000;
const text = (value: string): JsonObject => ({ content: [{ type: 'text', text: value }] });

/** Texts that somebody may write to make masking slow: how fast it is over each, and which detector is the slow one. */
export function adversarial(): void {
  console.log('mask: MB/s over texts written to be slow');
  const mask = masking(everything);
  const figures = Object.entries(hostile).map(([name, make]) => {
    const trial = body(name, text(make(TRIAL)));
    const first = throughput(trial.bytes, () => mask(trial.value));
    if (first < AIM / 10) return { name, figure: first, size: TRIAL };
    const { bytes, value } = body(name, text(make(SIZE)));
    return { name, figure: throughput(bytes, () => mask(value)), size: SIZE };
  });
  for (const [name, value] of Object.entries(shapes())) {
    const { bytes } = body(name, value);
    figures.push({ name, figure: throughput(bytes, () => mask(value)), size: bytes });
  }
  figures.sort((one, other) => one.figure - other.figure);
  for (const { name, figure } of figures.slice(0, 15)) {
    console.log(`  ${name.padEnd(34)}${figure.toFixed(1).padStart(8)}  ${slowestOn(name)}`);
  }
  const worst = figures[0];
  const met = worst !== undefined && worst.figure >= AIM;
  console.log(
    `aim of no text below ${AIM} MB/s: ${met ? 'met' : 'MISSED'} (${worst?.name}: ${worst?.figure.toFixed(1)}, of ${figures.length} texts)`,
  );
  worstTexts();
}

/** Each detector by itself, over the text that is the worst for it. */
function worstTexts(): void {
  console.log('each detector alone over the text that is worst for it, without the walk');
  const texts = Object.entries(hostile).map(([label, make]) => ({ label, value: make(SAMPLE) }));
  for (const { name, find } of detectors.values()) {
    const guesses = texts.map(({ label, value }) => {
      find('');
      const started = performance.now();
      find(value);
      return { label, took: performance.now() - started };
    });
    guesses.sort((one, other) => other.took - one.took);
    const figures = guesses.slice(0, 3).map(({ label }) => {
      // Two texts in turn: detectors that share a look at a text remember the last one.
      const value = hostile[label]?.(TRIAL) ?? '';
      const other = `${value} `;
      const figure = throughput(2 * TRIAL, () => [find(value), find(other)]);
      return { label, figure };
    });
    const worst = figures.reduce((one, other) => (other.figure < one.figure ? other : one));
    console.log(`  ${name.padEnd(22)}${worst.figure.toFixed(1).padStart(10)}  ${worst.label}`);
  }
}

function slowestOn(name: string): string {
  const make = hostile[name];
  if (make === undefined) return '';
  const value = make(TRIAL);
  const figures = [...detectors.values()].map((detector) => {
    const started = performance.now();
    detector.find(value);
    return { name: detector.name, figure: TRIAL / 1e3 / (performance.now() - started) };
  });
  figures.sort((one, other) => one.figure - other.figure);
  return figures
    .slice(0, 2)
    .map((one) => `${one.name} ${one.figure.toFixed(0)}`)
    .join(', ');
}

/** What is slow for the walk, not for detectors. */
function shapes(): Record<string, JsonObject> {
  const deep = `${'['.repeat(50)}"joe@example.com"${']'.repeat(50)}`;
  let nested = JSON.stringify({ email: 'joe@example.com' });
  for (let i = 0; i < 5; i++) nested = JSON.stringify({ inner: nested, pad: 'x'.repeat(1000) });
  const names = Array.from({ length: 20_000 }, (_, i) => [`a${i}@example.com`, i]);
  return {
    'many tiny strings': {
      structuredContent: { all: Array.from({ length: 200_000 }, (_, i) => `s${i}`) },
    },
    'many tiny numbers': {
      structuredContent: { all: Array.from({ length: 200_000 }, (_, i) => i) },
    },
    'many small objects': {
      structuredContent: { all: Array.from({ length: 50_000 }, (_, i) => ({ id: i, ok: 'y' })) },
    },
    'many fields named password': {
      structuredContent: { all: Array.from({ length: 50_000 }, (_, i) => ({ password: `p${i}` })) },
    },
    'names that are found': { structuredContent: Object.fromEntries(names) },
    'deep lists in text': text(`[${Array.from({ length: 5000 }, () => deep).join(',')}]`),
    'JSON in JSON in JSON': text(`[${Array.from({ length: 100 }, () => nested).join(',')}]`),
    'one string of 5 MB': text('lorem ipsum dolor sit amet, '.repeat(180_000)),
    'findings without end': text('joe@example.com '.repeat(60_000)),
    'base64 that is text': {
      content: [
        {
          type: 'image',
          data: Buffer.from('some text, a@b.co '.repeat(40_000)).toString('base64'),
        },
      ],
    },
  };
}
