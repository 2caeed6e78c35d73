import { stringify } from 'yaml';
import * as z from 'zod';
import { configSchema } from '../../config/schema.ts';

/** The JSON Schema of what a configuration file may hold. */
export function configJsonSchema() {
  return z.toJSONSchema(configSchema, { io: 'input' });
}

/** The part of JSON Schema that the configuration's has. */
interface Shape {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}
type Values = Readonly<Record<string, unknown>>;

const INTRODUCTION = `\
# The configuration of a Sallyport gate. What is commented out is the default, or an example where
# there is none; take the # at the beginning of a line away to change it. Times have a unit (ms, s, m,
# h, d), and so have sizes (B, KiB, MiB, GiB). A value env:NAME is read from that environment variable,
# so that no secret has to be in this file. The schema for editors: sallyport schema config
`;

/** Values for keys that have no default. */
const examples = {
  public_url: 'https://gate.example.com',
  issuer: { url: 'https://login.example.com/realms/agents', audience: 'https://gate.example.com' },
  http: {
    url: 'https://orders.example.com/mcp',
    headers: { Authorization: 'env:ORDERS_AUTHORIZATION' },
    pins: 'lock',
  },
  stdio: { cwd: '.', pins: 'lock' },
  sections: {
    listen: { tls: { cert: 'tls.crt', key: 'tls.key' } },
    sessions: { key: 'env:SALLYPORT_SESSION_KEY' },
    admin: {
      listen: { host: '127.0.0.1', port: 7412 },
      public_url: 'https://gate-admin.example.com',
      issuers: [{ url: 'https://login.example.com/realms/staff', audience: 'sallyport-admin' }],
      login: {
        issuer: 'https://login.example.com/realms/staff',
        client_id: 'sallyport-admin',
        client_secret: 'env:SALLYPORT_LOGIN_SECRET',
        key: 'env:SALLYPORT_LOGIN_KEY',
      },
      roles: { admin: ['group:platform'] },
    },
    pins: { path: '.sallyport/pins.db' },
    analyzers: {
      presidio: {
        url: 'https://presidio.example.com',
        entities: ['PERSON', 'LOCATION'],
        headers: { Authorization: 'env:PRESIDIO_AUTHORIZATION' },
      },
    },
    masking: {
      key_file: '.sallyport/masking.key',
      tokens: { path: '.sallyport/tokens.db' },
    },
    counters: { path: '.sallyport/counters.db' },
    approvals: { path: '.sallyport/approvals.db', wait_with_progress: '50s', channels: {} },
  } as Readonly<Record<string, Values>>,
} as const;
/** Members of sections that have members of their own, each told on a line of its own. */
const spelledOut = new Set(['presidio', 'tokens', 'login', 'proof']);
/** Keys that go only in place of others: they stay a comment where everything else is taken. */
const alternatives: Readonly<
  Record<string, { keys: readonly string[]; lines: readonly string[] }>
> = {
  policies: {
    keys: [],
    lines: [
      '# In place of both: a Git repository, or bundles that "sallyport push" signs.',
      '#   git: https://git.example.com/security/policies.git',
      '#   pushed: { keys: [push.key.pub] }',
    ],
  },
  transcripts: {
    keys: ['keys', 'keep', 'export'],
    lines: [
      '# In place of transcripts.key beside the database, which the first start makes:',
      '#   keys: [{ file: /run/secrets/transcripts.key }]',
      '# Left out, nothing is ever removed:',
      '#   keep: { age: 90d, size: 20GiB, upstreams: { files: 7d } }',
      '# Where what is recorded goes beside the database, by name:',
      '#   export: { siem: { format: ocsf, http: { url: "https://siem.example.com/ingest" } } }',
    ],
  },
  proof: {
    keys: ['key'],
    lines: [
      '# In place of proof.key beside the database, which the first start makes:',
      '#   key: { file: /run/secrets/proof.key }',
    ],
  },
  masking: {
    keys: ['key'],
    lines: ['# In place of key_file: the key itself.', '#   key: env:SALLYPORT_MASKING_KEY'],
  },
  tokens: {
    keys: ['url'],
    lines: [
      '# In place of path, with "store: postgres": the database.',
      '#   url: env:SALLYPORT_TOKENS',
    ],
  },
  counters: {
    keys: ['url'],
    lines: [
      '# In place of path, with "store: postgres": the database.',
      '#   url: env:SALLYPORT_COUNTERS',
    ],
  },
  approvals: {
    keys: ['url'],
    lines: [
      '# In place of path, with "store: postgres": the database.',
      '#   url: env:SALLYPORT_APPROVALS',
      '# Channels, such as:',
      '#   channels: { ops: { webhook: { url: env:OPS_WEBHOOK, secret: env:OPS_WEBHOOK_SECRET } } }',
    ],
  },
};
const FILES_COMMAND = ['npx', '-y', '@modelcontextprotocol/server-filesystem', 'files'];

/** A configuration file that says what there is to configure, in the words of the schema. */
export function configTemplate(): string {
  const { properties = {} } = configJsonSchema() as Shape;
  const sections = Object.entries(properties).map(([key, shape]) => section(key, shape));
  return [INTRODUCTION, ...sections].join('\n');
}

function section(key: string, shape: Shape): string {
  const lines = [...prose(shape), ...body(key, shape)];
  return `${lines.join('\n')}\n`;
}

function body(key: string, shape: Shape): string[] {
  if (key === 'upstreams') return upstreams(shape);
  if (key === 'issuers') {
    const [first = '', ...rest] = members(shape.items, examples.issuer);
    return commented([`${key}:`, ...indented(dashed([first, ...rest]))]);
  }
  const [first] = shape.anyOf ?? [];
  const object = shape.properties ? shape : first;
  if (!object?.properties) return commented(entry(key, shape, examples));
  return commented(spelled(key, object, examples.sections[key] ?? {}));
}

/** A key and its members below it, but those that go only in place of others. */
function spelled(key: string, { properties = {} }: Shape, values: Values): string[] {
  const { keys = [], lines = [] } = alternatives[key] ?? {};
  const kept = Object.entries(properties).filter(([name]) => !keys.includes(name));
  const own = members({ properties: Object.fromEntries(kept) }, values);
  return [`${key}:`, ...indented([...own, ...lines])];
}

function upstreams(shape: Shape): string[] {
  const kinds = typeof shape.additionalProperties === 'object' ? shape.additionalProperties : {};
  const [http, stdio] = kinds.anyOf ?? [];
  const command = stdio?.properties?.command ?? {};
  const { command: _, ...others } = stdio?.properties ?? {};
  const files = [
    ...prose(command),
    `command: ${flow(FILES_COMMAND)}`,
    ...commented(members({ properties: others }, examples.stdio)),
  ];
  return [
    'upstreams:',
    ...indented([
      '# A server that is run here, and speaks over standard input and output.',
      'files:',
      ...indented(files),
      '',
      '# A server elsewhere, over Streamable HTTP.',
      ...commented(['orders:', ...indented(members(http, examples.http))]),
    ]),
  ];
}

/** Every key of an object with what it means. */
function members(shape: Shape | undefined, values: Values): string[] {
  return Object.entries(shape?.properties ?? {}).flatMap(([key, inner]) => {
    return [...prose(inner), ...entry(key, inner, values)];
  });
}

function entry(key: string, shape: Shape, values: Values): string[] {
  if (spelledOut.has(key)) return spelled(key, shape, (values[key] ?? {}) as Values);
  const value = values[key] ?? shape.default;
  if (value === undefined) throw new Error(`init has no example of ${key}`);
  return [`${key}: ${flow(value)}`];
}

/** A YAML value on one line. */
function flow(value: unknown): string {
  const text = stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
  return text.replace(/\[ (.*?) \]/g, '[$1]');
}

function prose({ description }: Shape): string[] {
  return description === undefined ? [] : wrapped(description).map((line) => `# ${line}`);
}

const WIDTH = 88;

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Prose stays as it is where it stands alone; `#key:` and `#  # prose` can be uncommented together. */
function commented(lines: readonly string[]): string[] {
  return lines.map((line) => (line.startsWith('# ') ? line : `#${line}`));
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

/** The first line that is no prose begins an element of a list. */
function dashed(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => !line.startsWith('#'));
  return lines.map((line, index) => {
    if (index < first) return line;
    return index === first ? `- ${line}` : `  ${line}`;
  });
}
