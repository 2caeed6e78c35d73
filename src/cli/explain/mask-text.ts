import { formatPath } from '../../mask/place/path.ts';
import type { MaskerSpec, MaskObligation, RevealGrant } from '../../model/decision.ts';
import { unreachable } from '../../model/errors.ts';

const SECOND = 1_000;
const UNITS = [
  ['d', 86_400 * SECOND],
  ['h', 3_600 * SECOND],
  ['m', 60 * SECOND],
] as const;

/** What a mask does, in words: `email, us-ssn become tokens of the scope crm for 7d, in result`. */
export function maskText({ target, with: spec, sides, notice, across }: MaskObligation): string {
  const ways = [
    sides.join(' and '),
    ...(notice ? ['the model is told'] : []),
    ...(across ? ['also across messages'] : []),
  ];
  return `${targetText(target)} ${maskerText(spec)}, in ${ways.join(', ')}`;
}

/** What is given back, in words: `person-id of the scope crm in args.id`. */
export function revealText({ labels, scope, path }: RevealGrant): string {
  const where = path === undefined ? '' : ` in ${formatPath(['args', ...path])}`;
  return `${labels.join(', ')}${scope === '' ? '' : ` of the scope ${scope}`}${where}`;
}

function targetText(target: MaskObligation['target']): string {
  if ('find' in target) return target.find.join(', ');
  return 'path' in target ? target.text : `fields ${target.fields.join(', ')}`;
}

function maskerText(spec: MaskerSpec): string {
  switch (spec.masker) {
    case 'redact':
      return 'redacted';
    case 'keep':
      return `kept ${spec.first} first and ${spec.last} last`;
    case 'hash':
      return `hashed to ${spec.length} digits`;
    case 'token': {
      const scope = spec.scope === '' ? '' : ` of the scope ${spec.scope}`;
      const called = spec.label === undefined ? '' : ` called ${spec.label}`;
      return `as tokens${called}${scope} for ${durationText(spec.expires)}`;
    }
    case 'replace':
      return `replaced by ${JSON.stringify(spec.value)}`;
    case 'remove':
      return 'removed';
    case 'null':
      return 'made null';
    case 'round':
      return `rounded to ${spec.to}`;
    case 'generalize':
      return `generalized to ${spec.date}, /${spec.ipv4} and /${spec.ipv6}`;
    default:
      return unreachable(spec);
  }
}

function durationText(milliseconds: number): string {
  const unit = UNITS.find(([, size]) => milliseconds % size === 0);
  return unit ? `${milliseconds / unit[1]}${unit[0]}` : `${milliseconds / SECOND}s`;
}
