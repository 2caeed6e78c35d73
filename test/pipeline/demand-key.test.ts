import { expect, it } from 'vitest';
import type { ApprovalDemand } from '../../src/model/approval.ts';
import { demandKey } from '../../src/pipeline/demand-key.ts';

const at = { file: 'p.yaml', line: 3, column: 5 };
const demand: ApprovalDemand = {
  ...{ rule: 'r', at, by: ['group:a', 'user:b'], quorum: 1, expires: 1, window: 1 },
  ...{ notSelf: true, breakGlass: ['user:c', 'user:d'], reasonRequired: false },
};

it.each<[string, Partial<ApprovalDemand>]>([
  ['its place', { at: { ...at, line: 9 } }],
  ['what it says to people', { reason: 'because' }],
  ['who hears of it', { notify: ['ops'] }],
  ['the order of people', { by: ['user:b', 'group:a'], breakGlass: ['user:d', 'user:c'] }],
])('a demand asks for the same whatever is %s', (_, change) => {
  expect(demandKey({ ...demand, ...change })).toBe(demandKey(demand));
});

it.each<[string, Partial<ApprovalDemand>]>([
  ['the rule', { rule: 's' }],
  ['people', { by: ['group:a'] }],
  ['how many', { quorum: 2 }],
  ['not_self', { notSelf: false }],
  ['who may break the glass', { breakGlass: [] }],
  ['whether a reason is needed', { reasonRequired: true }],
  ['spans', { window: 2 }],
  ['standing', { standing: 1 }],
])('it asks for something else with another: %s', (_, change) => {
  expect(demandKey({ ...demand, ...change })).not.toBe(demandKey(demand));
});
