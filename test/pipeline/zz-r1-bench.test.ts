import { it } from 'vitest';
import { MemoryTokens } from '../../src/store/memory/tokens.ts';
import { answer, leaving, request, TestGate } from '../support/gate.ts';
it('bench', async () => {
  const tokens = new MemoryTokens({ clock: () => 1000, max: 10_000, maxOfOwner: 1_000 });
  const gate = new TestGate([
    { id: 'p', on: { tools: ['get_person'] }, then: 'allow', mask: [{ find: ['email'], with: 'token' }] },
    { id: 'send', on: { tools: ['send'] }, then: 'allow', reveal: ['email'], mask: [{ find: ['everything'], with: 'redact', in: ['args'] }] },
    { id: 'send2', on: { tools: ['send2'] }, then: 'allow', reveal: ['email'] },
    { id: 'send3', on: { tools: ['send3'] }, then: 'allow', mask: [{ find: ['everything'], with: 'redact', in: ['args'] }] },
  ], { tokens, clock: () => 1000 });
  const ask = request('tools/call', { name: 'get_person', arguments: {} });
  const [, v] = await gate.pass(ask, answer({ content: [{ type: 'text', text: 'bob@example.com' }] }));
  const token = (leaving(v) as any).result.content[0].text as string;
  const filler = Array.from({ length: 9000 }, (_, i) => `word${i} lorem ipsum dolor sit amet consetetur sadipscing elitr sed diam ${i}`);
  for (const name of ['send', 'send2', 'send3']) {
    const args = { t: token, u: `x ${token}`, filler };
    const t = performance.now();
    await gate.pass(request('tools/call', { name, arguments: args }));
    console.log(name, (JSON.stringify(args).length / 1e6).toFixed(2), 'MB', (performance.now() - t).toFixed(0), 'ms');
  }
  const many = Array.from({ length: 45000 }, (_, i) => `a:${String(i).padStart(16, '0')}`);
  const t = performance.now();
  await gate.pass(request('tools/call', { name: 'send2', arguments: { many, t: token } }));
  console.log('many', (performance.now() - t).toFixed(0), 'ms');
});
