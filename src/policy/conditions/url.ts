import { child, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import type { Json } from '../../model/json.ts';
import { compileGlob } from '../glob.ts';
import { and, FALSE, FAULT, type Outcome, or, TRUE, truth } from '../outcome.ts';
import { canonicalHost, canonicalHostGlob, type UrlParts, urlParts } from './host.ts';
import { operandTexts } from './operand.ts';
import type { OperandContext, Operator, OptionalTest, Test } from './operator.ts';
import { NUMBER, TEXT } from './value-type.ts';

type PartTest = (parts: UrlParts) => Outcome;

const PARTS = ['scheme', 'host', 'port', 'path', 'credentials'] as const;

/**
 * `url_host: '*.example.com'` or `url_host: { ends_with: … }` — judges the host of a URL (WHATWG parsing: lower case,
 * punycode, no port, no credentials). Text that is no absolute URL with a host can't be judged.
 */
export const urlHost: Operator = {
  summary: 'is a URL whose host fits this glob, or one of these; or operators on the host',
  example: {
    when: '{ args.url: { url_host: ["*.example.com"] } }',
    holds: 'https://api.example.com:8443/x',
    fails: 'https://api.example.com.evil.test/',
    unjudged: 'api.example.com',
  },
  judges: ['text'],
  inner: TEXT,
  whenAbsent: FALSE,
  compile: (operand, context) => onUrl(compileHost(operand, context)),
};

/** `url: { scheme: https, host: …, port: 443, path: { … }, credentials: absent }` — judges parts of a URL. */
export const url: Operator = {
  summary:
    'is a URL whose parts pass: `scheme`, `host`, `port` (one or a list, or operators), `path` (operators), `credentials` (`absent` or `exists`)',
  example: {
    when: '{ args.url: { url: { scheme: https, host: "*.example.com", port: 443, credentials: absent } } }',
    holds: 'https://api.example.com/x',
    fails: 'https://ana:pw@api.example.com/x',
    unjudged: '/x',
  },
  judges: ['text'],
  parts: { scheme: TEXT, host: TEXT, port: NUMBER, path: TEXT },
  whenAbsent: FALSE,
  compile: compileUrl,
};

function onUrl(judge: PartTest | undefined): Test | undefined {
  return (
    judge &&
    ((value) => {
      const parts = typeof value === 'string' ? urlParts(value) : undefined;
      return parts === undefined ? FAULT : judge(parts);
    })
  );
}

function compileUrl(operand: Node, context: OperandContext): Test | undefined {
  const { reader } = context;
  const map = reader.map(operand, 'the operand of "url"', PARTS);
  if (!map) return undefined;
  if (map.entries.length === 0) {
    reader.error('OPERAND', map.at, '"url" names nothing to judge', `name ${PARTS.join(', ')}`);
  }
  const host = child(map, 'host');
  const tests: PartTest[] = [];
  const add = (test: PartTest | undefined) => test && tests.push(test);
  add(host && compileHost(host, context));
  add(compilePart(child(map, 'scheme'), 'scheme', context));
  add(compilePart(child(map, 'port'), 'port', context));
  add(compilePart(child(map, 'path'), 'path', context));
  add(compilePart(child(map, 'credentials'), 'credentials', context));
  return onUrl((parts) => tests.reduce((all: Outcome, test) => and(all, test(parts)), TRUE));
}

/** One value, a list of them, or operators. */
function compilePart(
  node: Node | undefined,
  part: Exclude<(typeof PARTS)[number], 'host'>,
  context: OperandContext,
): PartTest | undefined {
  if (!node) return undefined;
  const test = part === 'credentials' ? presence(node, context) : plainOrTests(node, part, context);
  return test && ((parts) => test(parts[part]));
}

function presence(node: Node, { reader, tests }: OperandContext): OptionalTest | undefined {
  const word = reader.choice(node, 'credentials', ['absent', 'exists']);
  return word && tests(node);
}

function plainOrTests(
  node: Node,
  part: 'scheme' | 'port' | 'path',
  { reader, tests }: OperandContext,
): OptionalTest | undefined {
  if (node.kind === 'map') return tests(node);
  const items = node.kind === 'list' ? node.items : [node];
  const wanted = part === 'port' ? 'number' : 'string';
  const values = items.flatMap((item) => (item.kind === 'scalar' ? [item.value] : []));
  for (const item of items) {
    if (item.kind === 'scalar' && typeof item.value === wanted) continue;
    reader.error('OPERAND', item.at, `a ${part} of "url" is a ${wanted}, one or a list of them`);
  }
  const known = new Set<Json>(
    values.map((value) => (typeof value === 'string' && part === 'scheme' ? scheme(value) : value)),
  );
  return (value) => (value === undefined ? FALSE : truth(known.has(value)));
}

/** `HTTPS`, `https:` and `https://` are https. */
function scheme(text: string): string {
  return text.toLowerCase().replace(/:(?:\/\/)?$/, '');
}

function compileHost(operand: Node, context: OperandContext): PartTest | undefined {
  if (operand.kind !== 'map') return hostGlobs(operand, context);
  reportUncanonical(operand, context.reader);
  const judge = context.tests(operand);
  return judge && (({ host }) => judge(host));
}

function hostGlobs(operand: Node, { reader }: OperandContext): PartTest | undefined {
  const globs = operandTexts(operand, reader, 'the host');
  const tests = globs?.map((glob) => {
    const canonical = canonicalHostGlob(glob);
    if (canonical !== undefined) return compileGlob(canonical);
    const hint = 'write the host alone, such as "*.example.com"; ports have their own key in "url"';
    reader.error('OPERAND', operand.at, `"${glob}" is no host`, hint);
    return () => false;
  });
  return (
    tests && (({ host }) => tests.reduce((any: Outcome, test) => or(any, truth(test(host))), FALSE))
  );
}

/** Hosts are judged in lower case and punycode: an operand that isn't written so would never fit. */
function reportUncanonical(node: Node, reader: Reader): void {
  if (node.kind === 'list') for (const item of node.items) reportUncanonical(item, reader);
  if (node.kind === 'map') {
    for (const { key, value } of node.entries) {
      if (key !== 'matches') reportUncanonical(value, reader);
    }
  }
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant.
  if (node.value === node.value.toLowerCase() && /^[\x00-\x7f]*$/.test(node.value)) return;
  const better = canonicalHost(node.value) ?? node.value.toLowerCase();
  const message = `hosts are compared in lower case and punycode, which "${node.value}" isn't in`;
  reader.error('OPERAND', node.at, message, `write "${better}"`);
}
