import { AnalyzedDetector } from '../mask/analyzed-detector.ts';
import { isAnalyzerName } from '../mask/analyzer-name.ts';
import type { Detector, Span } from '../mask/detector.ts';
import type { MaskObligation, MaskSide } from '../model/decision.ts';
import { GateError } from '../model/errors.ts';
import type { AnalyzedSpan, Analyzer, AnalyzerQuestion } from '../model/seams.ts';

/** What an analyzer finds can change which texts masks look at; so often it is asked again about new ones. */
const MOST_ROUNDS = 4;
/** What may be asked about one message. */
const MOST_TEXTS = 5_000;
const MOST_CHARACTERS = 512 * 1_024;

/** Names of an analyzer's detectors among the masks of one side. */
export function analyzersIn(masks: readonly MaskObligation[], side: MaskSide): string[] {
  const found = masks.flatMap(({ target, sides }) => {
    return 'find' in target && sides.includes(side) ? target.find.filter(isAnalyzerName) : [];
  });
  return [...new Set(found)];
}

/** Masks with an analyzer's detectors only. */
export function onlyAnalyzed(masks: readonly MaskObligation[]): MaskObligation[] {
  return masks.flatMap((mask) => withNames(mask, isAnalyzerName));
}

/** Masks without them. */
export function notAnalyzed(masks: readonly MaskObligation[]): MaskObligation[] {
  return masks.flatMap((mask) => {
    return 'find' in mask.target ? withNames(mask, (name) => !isAnalyzerName(name)) : [mask];
  });
}

function withNames(mask: MaskObligation, isMeant: (name: string) => boolean): MaskObligation[] {
  const { target } = mask;
  const names = 'find' in target ? target.find.filter(isMeant) : [];
  return names.length === 0 ? [] : [{ ...mask, target: { ...target, find: names } }];
}

/**
 * Asks an analyzer about the very texts that masks will look at: masks are tried with detectors that note what they are
 * asked and find nothing, until there is nothing more to note.
 *
 * @param names as masks name what they want found
 * @param attempt applies the masks with such detectors
 * @returns detectors that know what was found in these texts
 * @throws GateError ANALYZER_…: not all of them could be analyzed
 */
export async function analyzedFor(
  names: readonly string[],
  analyzer: Analyzer,
  attempt: (detectors: ReadonlyMap<string, Detector>) => void,
): Promise<ReadonlyMap<string, Detector>> {
  const findings = new Findings(names);
  for (let round = 0; round <= MOST_ROUNDS; round++) {
    const texts = new Texts();
    attempt(findings.detectors((text) => texts.add(text)));
    if (texts.all.size === 0) return findings.detectors();
    findings.add(await analyzer.analyze([...texts.all], questionOf(names)));
  }
  throw new GateError(
    'ANALYZER_LIMIT',
    'what the analyzer finds makes masks look at ever new texts',
  );
}

class Texts {
  readonly all = new Set<string>();
  #characters = 0;

  /** @throws GateError ANALYZER_LIMIT */
  add(text: string): void {
    if (this.all.has(text)) return;
    this.all.add(text);
    this.#characters += text.length;
    if (this.all.size <= MOST_TEXTS && this.#characters <= MOST_CHARACTERS) return;
    const bounds = `${MOST_TEXTS} texts and ${MOST_CHARACTERS} characters`;
    throw new GateError(
      'ANALYZER_LIMIT',
      `the analyzer is asked about ${bounds} of a message at most`,
    );
  }
}

/** What was found, by detector and text. */
class Findings {
  readonly #byName: ReadonlyMap<string, Map<string, readonly Span[]>>;

  constructor(names: readonly string[]) {
    this.#byName = new Map(names.map((name) => [name, new Map()]));
  }

  add(found: ReadonlyMap<string, readonly AnalyzedSpan[]>): void {
    for (const [name, findings] of this.#byName) {
      const entity = entityOf(name);
      for (const [text, spans] of found) {
        const own = spans.filter((one) => (entity ? one.entity === entity : !one.named));
        findings.set(text, separate(own));
      }
    }
  }

  /** @param missing is told of texts that nothing is known of; left out: they are an error */
  detectors(missing?: (text: string) => void): ReadonlyMap<string, Detector> {
    return new Map(
      [...this.#byName].map(([name, known]) => [name, new AnalyzedDetector(name, known, missing)]),
    );
  }
}

/** Spans that don't overlap, in order: of two that do, both are found as one. */
function separate(spans: readonly Span[]): Span[] {
  const sorted = spans.map(({ start, end }) => ({ start, end })).sort((a, b) => a.start - b.start);
  const apart: { start: number; end: number }[] = [];
  for (const span of sorted) {
    const last = apart.at(-1);
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
    else apart.push(span);
  }
  return apart;
}

/** `PERSON` of `presidio:PERSON`; undefined of a name that means all. */
function entityOf(name: string): string | undefined {
  return name.split(':')[1];
}

function questionOf(names: readonly string[]): AnalyzerQuestion {
  const entities = names.flatMap((name) => entityOf(name) ?? []);
  return { usual: entities.length < names.length, entities };
}
