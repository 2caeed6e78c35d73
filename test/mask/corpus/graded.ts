import { detectorGroups, detectors } from '../../../src/mask/detectors.ts';
import type { Graded } from './score.ts';
import { namedSecrets, shapedSecrets } from './secret-values.ts';

/** Groups that count as one: a person's number is one whatever its country, a secret one whoever gave it. */
const GROUPS = ['secrets', 'person-id'] as const;

/** The detector of labels that are called otherwise. */
const SPECIAL: Readonly<Record<string, string>> = {
  'es-nie': 'es-dni',
  'aws-access-key': 'aws-key',
  'aws-secret-key': 'aws-key',
  'google-api-key': 'gcp-key',
  'google-oauth': 'gcp-key',
  'azure-storage-key': 'azure-key',
  'azure-client-secret': 'azure-key',
  'openai-key': 'ai-key',
  'anthropic-key': 'ai-key',
  'huggingface-token': 'ai-key',
  'slack-webhook': 'slack-token',
  'url-password': 'database-url',
  'basic-auth': 'auth-header',
};

const groupOf = new Map(
  GROUPS.flatMap((group) =>
    (detectorGroups.get(group) ?? []).map(({ name }) => [name, group] as const),
  ),
);
const secretLabels = new Set([...Object.keys(shapedSecrets), ...Object.keys(namedSecrets)]);

function detectorOf(label: string): string {
  const special = SPECIAL[label];
  if (special !== undefined) return special;
  if (detectors.has(label)) return label;
  return Object.hasOwn(namedSecrets, label)
    ? 'keyed-secret'
    : secretLabels.has(label)
      ? 'provider-key'
      : label;
}

/** Everything that is built in, with what the labels of the corpus call it. */
export const graded: Graded = {
  detectors: [...detectors.values()],
  detectorOf,
  kindOf: (name) => {
    const detector = detectorOf(name);
    return groupOf.get(detector) ?? detector;
  },
};
