import { expect, it } from 'vitest';
import { compilePolicies } from '../../src/policy/compile.ts';

it.each([
  ['bücher.example', 'xn--bcher-kva.example'],
  ['Example.com', 'example.com'],
])('a host that is compared and written as %j would never fit, and is an error', (host, better) => {
  const when = { 'args.url': { url_host: { eq: host } } };
  const rules = [{ id: 'a', on: { tools: ['fetch'] }, when, then: 'block' }];
  const text = JSON.stringify({ apiVersion: 'sallyport/v1', upstreams: ['web'], rules });
  const [problem] = compilePolicies([{ file: 'p.yaml', text }]).problems;
  expect(problem).toMatchObject({ code: 'POLICY_OPERAND', hint: `write "${better}"` });
});
