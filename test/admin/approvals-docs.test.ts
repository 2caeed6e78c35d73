import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apiStatus } from '../../src/admin/api-error.ts';
import { approvalRoutes } from '../../src/admin/approvals/approval-routes.ts';
import { CountedApprovals } from '../../src/admin/approvals/approvals-counted.ts';
import { approvals } from '../../src/cli/approvals.ts';
import { parseConfig } from '../../src/config/load.ts';
import { parseYaml } from '../../src/document/yaml.ts';
import { approvalStates } from '../../src/model/approval.ts';
import { approvalNews } from '../../src/model/approval-store.ts';
import { type ErrorCode, errorCodes, GateError } from '../../src/model/errors.ts';
import { formatProblem } from '../../src/model/position.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { MemoryApprovals } from '../../src/store/memory/approvals.ts';
import { keptLog } from '../auth/fixture.ts';
import { run } from '../cli/terminal.ts';

const folder = new URL('../../docs/', import.meta.url);
const page = readFileSync(new URL('approvals.md', folder), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
const section = (heading: string) => {
  const [, text = ''] = page.split(`\n## ${heading}\n`);
  return text.split('\n## ')[0] ?? '';
};
/** Cells of the first column. */
const firstCells = (text: string) =>
  [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell);
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the page on approvals', () => {
  it('has a policy that compiles without a problem', () => {
    const [policy = ''] = blocks.filter((text) => text.startsWith('apiVersion:'));
    const { problems } = compilePolicies([{ file: 'page.yaml', text: policy }]);
    expect(problems.map(formatProblem)).toEqual([]);
  });

  it('has a configuration that loads', () => {
    const configs = blocks.filter((text) => text.startsWith('upstreams:'));
    const environment = new Proxy({}, { get: () => 'a value that is long enough' });
    expect(configs).toHaveLength(1);
    for (const text of configs) {
      expect(parseYaml(text, 'page').problems).toEqual([]);
      expect(() => parseConfig(text, 'page', environment)).not.toThrow();
    }
  });

  it('names every request of the API, and no other', () => {
    const nothing = { list: [], get: [] } as never;
    const options = { approvals: nothing, onChange: () => undefined } as never;
    const routes = approvalRoutes(options).map(({ method, path }) => `${method} ${path}`);
    const named = firstCells(section('The admin API')).filter((cell) => cell.includes(' /'));
    expect(named.sort()).toEqual(routes.sort());
  });

  it('gives every error of approvals its status', () => {
    const rows = [...section('The admin API').matchAll(/^\| `([A-Z_]+)` \| (\d+) /gm)];
    for (const [, code = '', status] of rows) {
      expect(Object.keys(errorCodes)).toContain(code);
      const error = new GateError(code as ErrorCode, 'x');
      expect([code, apiStatus(error)]).toEqual([code, Number(status)]);
    }
    const named = rows.map(([, code]) => code);
    const own = Object.keys(errorCodes).filter((code) => /^APPROVAL/.test(code));
    // The call is refused for it, before anybody could be asked.
    expect(own.filter((code) => !named.includes(code))).toEqual(['APPROVALS_FULL']);
  });

  it('explains every state, every metric and every piece of news', () => {
    const states = firstCells(section('States, and what is recorded'));
    expect(states).toEqual([...approvalStates]);
    const clock = Date.now;
    const bounds = { max: 1, maxPerCaller: 1 };
    const store = new CountedApprovals(new MemoryApprovals({ clock, log: keptLog(), bounds }));
    const metrics = section('Metrics');
    for (const one of [store.steps, store.waits]) {
      expect(metrics).toContain((one as unknown as { name: string }).name);
    }
    for (const news of approvalNews) expect(metrics).toContain(`\`${news}\``);
  });

  it('names every command', async () => {
    const { out } = await run(approvals, '.', '--help');
    const [, usage = ''] = /^Usage: sallyport approvals (\S+)/.exec(out) ?? [];
    for (const verb of usage.split('|')) expect(section('Deciding')).toContain(`\`${verb}`);
  });

  it('links to headings that are there', () => {
    for (const [, file = '', anchor] of page.matchAll(/\]\(([\w-]+\.md)?#?([^)]*)\)/g)) {
      const text = file === '' ? page : readFileSync(new URL(file, folder), 'utf8');
      if (anchor) expect([file, ...anchorsOf(text)]).toContain(anchor);
    }
  });
});
