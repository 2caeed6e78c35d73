import { createSecretKey, randomBytes } from 'node:crypto';
import type { PresidioAnalyzer } from '../../analyzer/presidio.ts';
import { readPolicyPaths } from '../../config/policy-files.ts';
import type { MaskReport } from '../../mask/mask.ts';
import type { MaskContext } from '../../mask/mask-context.ts';
import { writeJsonText } from '../../mask/text/json-text.ts';
import type { MaskObligation, MaskSide } from '../../model/decision.ts';
import { GateError } from '../../model/errors.ts';
import { principalOf } from '../../model/identity.ts';
import type { Json } from '../../model/json.ts';
import { analyzedFor, analyzersIn } from '../../pipeline/analysis.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { type CallValues, callOf, callOptions, type NamedCall } from '../explain/call.ts';
import { readPolicies } from '../explain/policies.ts';
import { counted, seeHelp } from '../report.ts';
import type { Terminal } from '../verb.ts';
import { type Applied, applyTo } from './apply.ts';
import { chosenMasks, hasChosen } from './chosen.ts';
import { configuredAnalyzer } from './configured-analyzer.ts';
import { dueMasks } from './due.ts';
import { type Given, readGiven, sideOf } from './given.ts';

/** Options that say which masks are meant. */
export const maskingOptions = {
  ...callOptions,
  policy: { type: 'string', multiple: true },
  config: { type: 'string', default: 'sallyport.yaml' },
  in: { type: 'string' },
  find: { type: 'string' },
  fields: { type: 'string' },
  path: { type: 'string' },
  with: { type: 'string' },
} as const;

export interface MaskingValues extends CallValues {
  readonly policy?: string[] | undefined;
  readonly config: string;
  readonly in?: string | undefined;
  readonly find?: string | undefined;
  readonly fields?: string | undefined;
  readonly path?: string | undefined;
  readonly with?: string | undefined;
}

export interface MaskedText {
  /** As it came, with what was masked replaced. */
  readonly output: string;
  readonly value: Json;
  readonly reports: readonly MaskReport[];
  /** What is to be known of it, a line each. */
  readonly notes: readonly string[];
}

/** Which masks are due on something, and what is to be known of that. */
type Choose = (
  given: Given,
  side: MaskSide,
) => {
  readonly masks: readonly MaskObligation[];
  readonly notes: readonly string[];
  readonly ifNothing?: readonly string[];
};

/** Masks texts as a command line says. */
export class Masking {
  readonly #choose: Choose;
  readonly #values: MaskingValues;
  readonly #side: MaskSide | undefined;
  readonly #method: string | undefined;
  readonly #context: MaskContext;
  readonly #terminal: Terminal;
  #analyzer: PresidioAnalyzer | undefined;

  private constructor(values: MaskingValues, terminal: Terminal, choose: Choose, call?: NamedCall) {
    this.#choose = choose;
    this.#values = values;
    this.#terminal = terminal;
    this.#side = sideIn(values.in);
    this.#method = call?.subject.request.method;
    const owner = call ? principalOf(call.subject.identity) : '';
    this.#context = { key: createSecretKey(randomBytes(32)), owner };
  }

  /** @throws GateError USAGE, POLICY_…, CONFIG_… */
  static async open(values: MaskingValues, terminal: Terminal): Promise<Masking> {
    const { policy: paths = [], config } = values;
    sideIn(values.in);
    if (hasChosen(values)) {
      refuse(values, Object.keys(callOptions), 'goes with a policy, not with --find');
      const { masks, ...told } = chosenMasks(values, readPolicyPaths(paths, terminal.cwd));
      return new Masking(values, terminal, () => ({
        masks,
        notes: told.warnings,
        ifNothing: told.ifNothing,
      }));
    }
    refuse(values, ['with'], 'goes with --find, --fields or --path');
    const { policies } = await policiesOf(paths, config, terminal);
    if (!Object.keys(callOptions).some((name) => name in values)) {
      return new Masking(values, terminal, allOf(policies));
    }
    const named = namesTarget(values);
    const call = callOf(named ? values : { ...values, method: 'ping' }, terminal.cwd, Date.now());
    return new Masking(values, terminal, dueOf(policies, call, named), call);
  }

  async apply(text: string): Promise<MaskedText> {
    const given = readGiven(text);
    const side = this.#side ?? sideOf(given);
    const { masks, notes, ifNothing = [] } = this.#choose(given, side);
    const { value, reports } = await this.#applied(given, side, masks);
    return {
      output: outputOf(text, given, value),
      ...{ value, reports },
      notes: [
        ...notes,
        ...(reports.length === 0 ? ifNothing : []),
        ...otherSide(masks, side),
        ...(reports.some(({ masker }) => masker === 'hash' || masker === 'token') ? [OWN_KEY] : []),
      ],
    };
  }

  async close(): Promise<void> {
    await this.#analyzer?.close();
  }

  async #applied(given: Given, side: MaskSide, masks: readonly MaskObligation[]): Promise<Applied> {
    const how = { masks, side, method: this.#method, context: this.#context };
    const names = analyzersIn(masks, side);
    if (names.length === 0) return applyTo(given, how);
    this.#analyzer ??= configuredAnalyzer(this.#values.config, this.#terminal);
    if (!this.#analyzer) {
      const message = `a mask names ${names.join(' and ')}, and ${this.#values.config} has no analyzer`;
      throw new GateError('ANALYZER_UNAVAILABLE', message);
    }
    const found = await analyzedFor(names, this.#analyzer, (attempt) => {
      applyTo(given, { ...how, found: attempt });
    });
    return applyTo(given, { ...how, found });
  }
}

/** The policies that are named; without any, there is another way to try a mask. */
async function policiesOf(paths: readonly string[], config: string, terminal: Terminal) {
  try {
    return await readPolicies({ paths, config, fetch: false }, terminal);
  } catch (cause) {
    const isMissing = cause instanceof GateError && cause.code === 'POLICY_UNREADABLE';
    if (!isMissing || paths.length > 0) throw cause;
    const hint = 'name some with --policy, or try a mask by itself: --find everything';
    throw new GateError(cause.code, cause.message, { cause, hint });
  }
}

const OWN_KEY = 'hashes and tokens are of this run only';

function sideIn(text: string | undefined): MaskSide | undefined {
  if (text === undefined || text === 'args' || text === 'result') return text;
  const message = `--in must be "args" or "result", not "${text}"`;
  throw new GateError('USAGE', message, { hint: seeHelp('mask') });
}

function refuse(values: MaskingValues, names: readonly string[], why: string): void {
  const given = names.find((name) => name in values);
  if (given === undefined) return;
  throw new GateError('USAGE', `--${given} ${why}`, { hint: seeHelp('mask') });
}

function allOf({ rules }: PolicySet): Choose {
  const masks = rules.flatMap((rule) => rule.masks);
  const shadow = rules.filter(({ mode, masks: own }) => mode === 'shadow' && own.length > 0);
  const inShadow = shadow.length === 0 ? '' : ` (${shadow.length} in shadow mode, which a gate does not apply)`; // biome-ignore format: one line says it
  const of = rules.filter(({ masks: own }) => own.length > 0).length;
  const note = `all masks of ${counted(of, 'rule')}${inShadow}, whomever they are for; a call (--tool, --as) narrows them`;
  return () => ({ masks, notes: [note] });
}

function dueOf(policies: PolicySet, call: NamedCall, named: boolean): Choose {
  return (given, side) => {
    // A message says itself what it is about; what was answered does not.
    if (!named && (given.kind !== 'message' || given.method === undefined)) {
      const message = '"mask" needs one of --tool, --resource, --prompt and --method';
      throw new GateError('USAGE', message, { hint: seeHelp('mask') });
    }
    const { masks, decision } = dueMasks(policies, call, given, side);
    const { effect, reason } = decision;
    return {
      masks,
      notes: effect === 'allow' ? [] : [`the gate would not let it pass: ${reason}`],
    };
  };
}

/** True where the command line says what the call is about, by itself or by a case of a test file. */
function namesTarget({ tool, resource, prompt, method, as }: MaskingValues): boolean {
  if (as === undefined) {
    const hint = 'such as --as "sub=ana,groups=analysts"';
    throw new GateError('USAGE', '"mask" needs to know who calls: --as', { hint });
  }
  return as.includes('#') || [tool, resource, prompt, method].some((one) => one !== undefined);
}

/** Masks that don't concern this side. */
function otherSide(masks: readonly MaskObligation[], side: MaskSide): string[] {
  const left = masks.filter(({ sides }) => !sides.includes(side)).length;
  if (left === 0) return [];
  const other = side === 'args' ? 'result' : 'args';
  return [`${counted(left, 'mask')} of the ${other} left out; --in ${other} takes them`];
}

/** Laid out as it came. */
function outputOf(text: string, given: Given, value: Json): string {
  if (value === given.value) return text;
  if (given.kind === 'text') return String(value);
  return typeof value === 'object' && value !== null
    ? writeJsonText(value, text)
    : JSON.stringify(value) + text.slice(text.trimEnd().length);
}
