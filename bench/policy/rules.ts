/** A rule in no engine's language. Each has limits on the arguments; what else it has depends on the shape. */
export interface PlainRule {
  readonly id: string;
  readonly tool: string;
  readonly group?: string;
  readonly tenant?: string;
  /** `args.limit` may be this at most, and `args.sql` begins with "select". */
  readonly limit: number;
  readonly effect: 'allow' | 'block';
}

export interface PlainCall {
  readonly tool: string;
  readonly groups: readonly string[];
  readonly args: { readonly sql: string; readonly limit: number; readonly tenant: string };
}

export type Answer = 'allow' | 'block';

/** What tells rules apart, so that few of them can match a call. */
export const shapes = ['tool', 'group', 'argument'] as const;
export type Shape = (typeof shapes)[number];

export function rulesOf(shape: Shape, count: number): PlainRule[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `r${i}`,
    tool: shape === 'tool' ? `tool_${i}` : 'query',
    ...(shape === 'group' && { group: `group-${i}` }),
    ...(shape === 'argument' && { tenant: `tenant-${i}` }),
    limit: 1_000,
    effect: i % 10 === 9 ? 'block' : 'allow',
  }));
}

/** Calls all over the rules: most are let through, some blocked by a rule, some matched by none. */
export function callsOf(shape: Shape, count: number): PlainCall[] {
  return Array.from({ length: 40 }, (_, k) => {
    const i = (k * 7919) % count;
    return {
      tool: shape === 'tool' ? `tool_${i}` : 'query',
      groups: ['staff', `group-${shape === 'group' ? i : 0}`, 'mcp'],
      args: {
        sql: k % 8 === 7 ? 'drop table x' : `select ${k} from orders`,
        limit: k % 5 === 4 ? 5_000 : 10 + k,
        tenant: `tenant-${shape === 'argument' ? i : 0}`,
      },
    };
  });
}

/** The answer that every engine must give. */
export function expected(rules: readonly PlainRule[], call: PlainCall): Answer {
  const matched = rules.filter((rule) => {
    if (rule.tool !== call.tool) return false;
    if (rule.group !== undefined && !call.groups.includes(rule.group)) return false;
    if (rule.tenant !== undefined && rule.tenant !== call.args.tenant) return false;
    return call.args.limit <= rule.limit && call.args.sql.startsWith('select');
  });
  const isBlocked = matched.some(({ effect }) => effect === 'block');
  return matched.length > 0 && !isBlocked ? 'allow' : 'block';
}
