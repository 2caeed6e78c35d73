import { BlockList, isIP } from 'node:net';
import type { Node } from '../../document/node.ts';
import { compileGlob } from '../glob.ts';
import { FALSE, FAULT, truth } from '../outcome.ts';
import type { OperandContext, Operator, Test } from './operator.ts';

/** `cidr: [10.0.0.0/8, ::1/128]` — the address lies in one of the networks. */
export const cidr: Operator = { whenAbsent: FALSE, compile: compileCidr };
/**
 * `url_host: '*.example.com'` or `url_host: { ends_with: … }` — judges the host of a URL (WHATWG parsing: lower case,
 * punycode, no port, no credentials). Text that is no absolute URL with a host can't be judged.
 */
export const urlHost: Operator = { whenAbsent: FALSE, compile: compileUrlHost };

function compileCidr(operand: Node, { reader }: OperandContext): Test | undefined {
  const networks = reader.texts(operand, 'the operand of "cidr"');
  if (!networks) return undefined;
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    const family = isIP(address);
    const prefix = Number(bits);
    const fits = /^\d{1,3}$/.test(bits) && prefix <= (family === 4 ? 32 : 128);
    if (family !== 0 && fits) list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
    else reader.error('OPERAND', operand.at, `"${network}" is no network`, 'such as 10.0.0.0/8');
  }
  return (value) => {
    const family = typeof value === 'string' ? isIP(value) : 0;
    if (family === 0) return FAULT;
    return truth(list.check(value as string, family === 4 ? 'ipv4' : 'ipv6'));
  };
}

function compileUrlHost(operand: Node, context: OperandContext): Test | undefined {
  const judge = operand.kind === 'map' ? context.tests(operand) : hostGlobs(operand, context);
  if (!judge) return undefined;
  return (value) => {
    const host = typeof value === 'string' ? hostOf(value) : undefined;
    return host === undefined ? FAULT : judge(host);
  };
}

function hostGlobs(operand: Node, { reader }: OperandContext) {
  const globs = reader.texts(operand, 'the operand of "url_host"');
  const tests = globs?.map((pattern) => compileGlob(pattern.toLowerCase()));
  return tests && ((host: unknown) => truth(tests.some((test) => test(host as string))));
}

function hostOf(text: string): string | undefined {
  const host = URL.parse(text)?.hostname;
  // "example.com." is example.com, written with its root.
  return host ? host.replace(/\.$/, '') : undefined;
}
