import { toJson } from '../../document/node.ts';
import { parseYaml } from '../../document/yaml.ts';
import type { MaskObligation } from '../../model/decision.ts';
import { GateError } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { compilePolicies, type PolicySource } from '../../policy/compile.ts';

/** Masks that the command line itself gives. */
export interface ChosenValues {
  readonly find?: string | undefined;
  readonly fields?: string | undefined;
  readonly path?: string | undefined;
  readonly with?: string | undefined;
}

const FILE = 'command line';
const RULE = 'command-line';

/** True where the command line gives masks. */
export function hasChosen({ find, fields, path }: ChosenValues): boolean {
  return find !== undefined || fields !== undefined || path !== undefined;
}

/** Masks, and what there is to say against them. */
export interface Chosen {
  readonly masks: readonly MaskObligation[];
  /** A line each. */
  readonly warnings: readonly string[];
  /** The same, where nothing is masked: of JSON that is no message, a path may begin with anything. */
  readonly ifNothing: readonly string[];
}

/**
 * The masks that `--find`, `--fields`, `--path` and `--with` mean: what they would mean in a policy.
 *
 * @param others policy files whose detectors may be named
 * @throws GateError USAGE with what is wrong with them
 */
export function chosenMasks(values: ChosenValues, others: readonly PolicySource[]): Chosen {
  const given = values.with === undefined ? {} : { with: yamlIn(values.with) };
  const sides = { in: ['args', 'result'] };
  const masks: JsonObject[] = [
    ...(values.find === undefined ? [] : [{ find: words(values.find), ...given, ...sides }]),
    ...(values.fields === undefined ? [] : [{ fields: words(values.fields), ...given, ...sides }]),
    ...(values.path === undefined ? [] : [{ path: values.path, ...given }]),
  ];
  const policy = { apiVersion: 'sallyport/v1', rules: [{ id: RULE, mask: masks }] };
  const { policies, problems } = compilePolicies([
    ...others,
    { file: FILE, text: JSON.stringify(policy) },
  ]);
  if (policies) {
    const masks = policies.rules.flatMap((rule) => {
      return rule.id === RULE && rule.at.file === FILE ? rule.masks : [];
    });
    const own = problems.filter(({ at }) => at.file === FILE);
    const told = (wanted: boolean) => {
      const some = own.filter(({ code }) => (code === 'POLICY_MASK_NOWHERE') === wanted);
      return [
        ...new Set(some.map(({ message, hint }) => (hint ? `${message}; ${hint}` : message))),
      ];
    };
    return { masks, warnings: told(false), ifNothing: told(true) };
  }
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  throw new GateError('USAGE', [...new Set(errors.map(({ message }) => message))].join('; '), {
    hint: first?.hint ?? '"sallyport mask --detectors" lists what there is',
  });
}

function words(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}

/** `redact`, or `{ keep: { last: 4 } }`. */
function yamlIn(text: string): Json {
  const { documents, problems } = parseYaml(text, FILE);
  const [document] = documents;
  if (document && problems.length === 0) return toJson(document);
  const hint = "such as --with redact, or --with '{ keep: { last: 4 } }'";
  throw new GateError('USAGE', `--with can't be understood: ${text}`, { hint });
}
