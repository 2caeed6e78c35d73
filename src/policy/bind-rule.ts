import { Reader } from '../document/reader.ts';
import type { DetectorSpec, MaskObligation } from '../model/decision.ts';
import { compileCondition } from './compile-condition.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { type Definitions, lookupIn, suggestDetector } from './detector-names.ts';

/**
 * A rule with the detectors that the files of its set define. A file is compiled without the others, so that it need
 * not be compiled again when they change; its rules get here what they name. What nobody defines goes to the reader.
 */
export function bindRule(
  rule: CompiledRule,
  definitions: Definitions,
  reader: Reader,
): CompiledRule {
  if (rule.ownNames.length === 0) return rule;
  let faulty = rule.faulty;
  for (const { name, at } of rule.ownNames) {
    if (definitions.has(name)) continue;
    faulty = true;
    const hint = name.startsWith('presidio')
      ? 'its entities are written as presidio:PERSON'
      : suggestDetector(name, definitions);
    reader.error('UNKNOWN_DETECTOR', at, `no detector "${name}"`, hint);
  }
  if (faulty) return { ...rule, faulty };
  const detectors = lookupIn(definitions);
  const masks = rule.masks.map((mask) => bindMask(mask, definitions));
  const asksThem = rule.ownNames.some((one) => one.in === 'condition');
  const holds =
    rule.when && asksThem
      ? compileCondition(rule.when, new Reader('POLICY'), detectors)
      : rule.holds;
  return { ...rule, masks, holds, detectors };
}

function bindMask(mask: MaskObligation, definitions: Definitions): MaskObligation {
  const { target } = mask;
  if (!('find' in target)) return mask;
  const own = target.find.flatMap((name): DetectorSpec[] => {
    const spec = definitions.get(name);
    return spec ? [spec] : [];
  });
  return own.length === 0 ? mask : { ...mask, target: { find: target.find, own } };
}
