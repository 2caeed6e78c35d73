import type { MaskObligation } from '../../model/decision.ts';
import type { Detector } from '../detector.ts';
import type { MaskContext } from '../mask-context.ts';
import { type MaskPlan, planOf } from '../mask-plan.ts';
import type { MaskReport } from '../mask-report.ts';
import { StrictestMasker } from '../maskers/strictest-masker.ts';
import { type Minted, TokenMint } from '../token/token-mint.ts';
import { Applier } from '../walk/applier.ts';
import { Echo } from '../walk/echo.ts';
import { type Stretch, stretchesOf } from '../walk/hit.ts';
import { dueTo } from '../walk/stretch-masker.ts';
import { Tally } from '../walk/tally.ts';
import { type Rewritten, TextFinder } from '../walk/text-finder.ts';
import type { FindIn, Finding } from './across.ts';
import type { HoldReach } from './held-from.ts';

export interface TextMaskContext {
  readonly context: MaskContext;
  /** What an analyzer has found. */
  readonly found?: ReadonlyMap<string, Detector> | undefined;
}

/** Detectors whose findings have no blanks, and which need no words around them but those before. */
const RUNS: readonly string[] = ['email', 'ip-address', 'mac-address', 'crypto-wallet', 'jwt'];
/** Detectors of numbers that may be written in groups. */
const GROUPS: readonly string[] = ['payment-card', 'iban'];

/** Masks for a text of which not all is there yet. */
export class TextMasks {
  /** How far what they find may reach. */
  readonly reach: HoldReach;
  readonly #finder: TextFinder;
  readonly #mint: TokenMint;
  readonly #tally = new Tally();
  readonly #applier: Applier;
  /** For texts inside of the text, which are masked before it is known whether they leave. */
  readonly #uncounted: Applier;

  /** @param place the member that holds the text, for reports */
  constructor(
    masks: readonly MaskObligation[],
    { context, found }: TextMaskContext,
    place: string,
  ) {
    const plan = planOf(masks, [], found);
    this.reach = reachOf(plan);
    this.#finder = new TextFinder(plan, new Echo());
    this.#mint = new TokenMint(context);
    const masker = new StrictestMasker(context, this.#mint, plan.findable);
    this.#applier = new Applier(masker, this.#tally);
    this.#uncounted = new Applier(masker, new Tally());
    this.#tally.enter(place);
  }

  get tokens(): readonly Minted[] {
    return this.#mint.minted;
  }

  reports(): MaskReport[] {
    return this.#tally.reports();
  }

  /** Findings count once they are put. */
  readonly find: FindIn = (text) => {
    const hits = this.#finder.find(text, undefined, (inner) => this.#inside(inner));
    return stretchesOf(hits).map((stretch): Finding => {
      const { start, end } = stretch;
      return { start, end, put: () => this.#put(text, stretch) };
    });
  };

  #put(text: string, stretch: Stretch): string {
    for (const { rewritten, due } of stretch.hits) {
      if (rewritten !== undefined) for (const one of due) this.#tally.count(one);
    }
    return this.#applier.stretch(text, stretch);
  }

  #inside(text: string): Rewritten | undefined {
    const stretches = stretchesOf(this.#finder.find(text, undefined));
    if (stretches.length === 0) return undefined;
    let out = '';
    let done = 0;
    for (const stretch of stretches) {
      out += text.slice(done, stretch.start) + this.#uncounted.stretch(text, stretch);
      done = stretch.end;
    }
    return { text: out + text.slice(done), due: stretches.flatMap(({ hits }) => dueTo(hits)) };
  }
}

function reachOf({ finders, fields }: MaskPlan): HoldReach {
  const names = finders.map(({ detector }) => detector.name);
  if (fields || names.some((name) => !RUNS.includes(name) && !GROUPS.includes(name)))
    return 'words';
  return names.some((name) => GROUPS.includes(name)) ? 'groups' : 'run';
}
