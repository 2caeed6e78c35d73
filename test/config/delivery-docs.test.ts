import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { parseYaml } from '../../src/document/yaml.ts';

const page = readFileSync(new URL('../../docs/delivery.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
const environment = new Proxy({}, { get: () => 'a value' });

describe('the page on delivery', () => {
  const configs = blocks.filter((text) => /^upstreams:/m.test(text));

  it.each(configs.map((text) => [text]))('has a configuration that loads: %s', (text) => {
    expect(() => parseConfig(text, 'delivery.md', environment)).not.toThrow();
  });

  it.each(blocks.map((text) => [text]))('has YAML without faults: %s', (text) => {
    expect(parseYaml(text, 'delivery.md').problems).toEqual([]);
  });

  it('shows all three sources', () => {
    expect(configs.length).toBeGreaterThanOrEqual(4);
  });

  it('links to headings that are there', () => {
    const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
    for (const [, link] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(link);
  });
});
