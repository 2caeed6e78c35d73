import { BlockList, isIP } from 'node:net';
import type { Node } from '../../document/node.ts';
import { FALSE, FAULT, truth } from '../outcome.ts';
import { operandTexts } from './operand.ts';
import type { OperandContext, Operator, Test } from './operator.ts';

/**
 * `cidr: [10.0.0.0/8, ::1]` — the address lies in one of the networks. An IPv4 address within IPv6 (`::ffff:10.0.0.1`)
 * counts as the IPv4 address; a zone (`fe80::1%eth0`) is left aside.
 */
export const cidr: Operator = {
  summary: 'is an IP address in this network, or one of these',
  example: {
    when: '{ args.address: { cidr: [10.0.0.0/8, "fd00::/8"] } }',
    ...{ holds: '10.1.2.3', fails: '192.0.2.1', unjudged: 'localhost' },
  },
  judges: ['text'],
  whenAbsent: FALSE,
  compile: compileCidr,
};

function compileCidr(operand: Node, { reader }: OperandContext): Test | undefined {
  const networks = operandTexts(operand, reader, 'the operand of "cidr"');
  if (!networks) return undefined;
  const list = new BlockList();
  for (const network of networks) {
    if (add(network, list)) continue;
    reader.error('OPERAND', operand.at, `"${network}" is no network`, 'such as 10.0.0.0/8');
  }
  return (value) => {
    const family = typeof value === 'string' ? isIP(value) : 0;
    if (family === 0) return FAULT;
    return truth(list.check(value as string, family === 4 ? 'ipv4' : 'ipv6'));
  };
}

/** Adds a network, or a single address; false where it is neither. */
function add(network: string, list: BlockList): boolean {
  const [address = '', bits, ...more] = network.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || more.length > 0) return false;
  const size = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? size : Number(bits);
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return false;
  if (prefix > size) return false;
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return true;
}
