import { expect, it } from 'vitest';
import type { Log } from '../../../src/model/seams.ts';
import {
  type ApprovalMeans,
  tellApprovalGaps,
} from '../../../src/pipeline/approval/approval-gaps.ts';
import { compilePolicies } from '../../../src/policy/compile.ts';

const rule = (id: string, approval = '') =>
  `  - { id: ${id}, on: { tools: [${id}] }, then: approve${approval} }\n`;
const all: ApprovalMeans = { decidable: true, approvers: true, channels: ['ops'] };

/** What the log has of rules, one line each: level and message. */
function told(rules: string, means: Partial<ApprovalMeans>): string[] {
  const text = `apiVersion: sallyport/v1\nrules:\n${rules}`;
  const { policies } = compilePolicies([{ file: 'p.yaml', text }]);
  const lines: string[] = [];
  const at = (level: string) => (_: object, message: string) =>
    void lines.push(`${level} ${message}`);
  const log: Log = { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') };
  tellApprovalGaps(policies, { ...all, ...means }, log);
  return lines;
}

const nobody = 'error rules ask for approval and nobody can give it; what they ask for is refused';
const open = 'error rules ask for approval of nobody in particular, and nobody is an approver';

it.each([
  {
    it: 'rules that ask where there is no admin API',
    rules: rule('a'),
    decidable: false,
    is: [nobody],
  },
  {
    it: 'rules that name nobody where nobody is an approver',
    rules: rule('a'),
    approvers: false,
    is: [open],
  },
  {
    it: 'nothing of those that name people',
    rules: rule('a', ', approval: { by: [user:ann] }'),
    approvers: false,
    is: [],
  },
  {
    it: 'nothing of rules in shadow mode',
    rules: rule('a', ', mode: shadow'),
    decidable: false,
    is: [],
  },
  {
    it: 'nothing where no rule asks',
    rules: '  - { id: a, then: block }\n',
    decidable: false,
    is: [],
  },
])('the log tells of $it', ({ rules, is, it: _, ...means }) => {
  expect(told(rules, means)).toEqual(is);
});

it('the log tells of channels that are not configured, with their rule', () => {
  const [line, ...more] = told(rule('a', ', approval: { by: [user:ann], notify: [opps] }'), {});
  expect(line).toMatch(/^warn p\.yaml:3:.*POLICY_UNKNOWN_CHANNEL.*"opps".*did you mean "ops"/);
  expect(more).toEqual([]);
});
