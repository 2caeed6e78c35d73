import { normalize } from 'node:path';
import * as z from 'zod';
import { isLoopback } from '../../model/loopback.ts';
import { defaultsOf, formatObjection, recordModes } from '../../replay/export/formats.ts';
import { count, httpUrl, isSecureOrLoopback, size, span } from './schema-values.ts';

// Where what is recorded goes beside the database.

const tls = z
  .strictObject({
    ca: z.string().min(1).optional().describe('PEM file of who may sign its certificate; left out: those of the system.'), // biome-ignore format: one line says it
    cert: z.string().min(1).optional().describe('PEM file with the certificate of the gate.'),
    key: z.string().min(1).optional().describe('PEM file with its key.'),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
    error: 'cert and key need each other',
  })
  .describe('How the receiver is known, and how it knows the gate.');
const cleartext = z
  .boolean()
  .default(false)
  .describe('`true` lets it go unencrypted beyond the machine.');
const timeout = span.prefault('30s').describe('How long the receiver may take.');
const wait = (usual: string) =>
  span.prefault(usual).describe('How long what was recorded waits for more to go with it.');
const batch = z
  .strictObject({
    records: count.max(100_000).default(500).describe('Most records.'),
    size: size.prefault('1MiB').describe('Largest size, before it is compressed. One record may have more.'), // biome-ignore format: one line says it
  })
  .prefault({})
  .describe('What is sent at a time.');

/** What goes into a header as it is: files and variables often have a line end behind it. */
const credential = z
  .string()
  .min(1)
  .refine((text) => /^[\x21-\x7e]*$/.test(text), {
    error: 'must have visible characters only: no blank, no line end',
  });
/** RFC 9110, sections 5.1 and 5.5. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** What the connection itself says. */
const OWN_HEADERS = ['connection', 'content-length', 'expect', 'host', 'transfer-encoding'];
const headers = z
  .record(z.string(), z.string())
  .default({})
  .superRefine((given, context) => {
    for (const [name, value] of Object.entries(given)) {
      const complain = (message: string) => {
        context.addIssue({ code: 'custom', path: [name], message });
      };
      if (!HEADER_NAME.test(name)) complain('is no name of a header');
      else if (OWN_HEADERS.includes(name.toLowerCase())) complain('is set by the gate itself');
      if (!HEADER_VALUE.test(value)) complain('has characters that no header can have, such as a line end'); // biome-ignore format: one line says it
    }
  });

const file = z.strictObject({
  path: z.string().min(1).describe('The file; lines are appended.'),
  rotate: z
    .union(
      [
        z.literal(false),
        z.strictObject({
          size: size.prefault('100MiB').describe('Size from which on a new file is begun.'),
          files: count
            .max(1_000)
            .default(10)
            .describe('Old files that stay: `PATH.1` is the newest.'),
        }),
      ],
      { error: 'must be false, or { size: SIZE, files: NUMBER }' },
    )
    .prefault({})
    .describe('`false`: the file grows, or somebody else moves it away.'),
});

const http = z
  .strictObject({
    url: httpUrl.describe('Where batches are sent: by POST.'),
    bearer: credential.optional().describe('Token of an Authorization header; `env:NAME`.'),
    headers: headers.describe('Further headers; `env:NAME` reads a variable.'),
    secret: z
      .string()
      .min(16, { error: 'must have at least 16 characters' })
      .optional()
      .describe('Signs each request (HMAC-SHA-256, header Sallyport-Signature); `env:NAME`.'),
    gzip: z.boolean().default(true).describe('Compress bodies.'),
    ...{ batch, wait: wait('1s'), timeout, tls: tls.optional(), cleartext },
  })
  .superRefine(({ url, cleartext }, context) => checkUrl('url', url, cleartext, context));

const facilities = Object.fromEntries([
  ...['user', 'mail', 'daemon', 'auth'].map((name, at) => [name, at + 1]),
  ['authpriv', 10],
  ...Array.from({ length: 8 }, (_, at) => [`local${at}`, 16 + at]),
]);

/** Room for what stands before each message, and for the beginning of any. Bytes. */
const LEAST_LINE = 1_024;
const syslog = z
  .strictObject({
    server: z.string().min(1).max(255).describe('Name or address of the receiver.'),
    port: z.int().min(1).max(65_535).optional().describe('Left out: 6514 for tls, 514 otherwise.'),
    protocol: z
      .enum(['tls', 'tcp', 'udp'])
      .default('tls')
      .describe('By `udp` nothing tells what has arrived.'),
    facility: z
      .enum(Object.keys(facilities) as [string, ...string[]])
      .default('local0')
      .transform((name) => facilities[name] ?? 16)
      .describe('What it is filed under.'),
    app: z.string().min(1).max(48).default('sallyport').describe('Name of the application.'),
    line: size
      .prefault('8KiB')
      .refine((bytes) => bytes >= LEAST_LINE, { error: 'must be at least 1KiB' })
      .describe('Longest message; one with more loses the messages of the call first.'),
    ...{ batch, wait: wait('1s'), timeout, tls: tls.optional(), cleartext },
  })
  .superRefine(({ server, protocol, cleartext, line }, context) => {
    if (protocol === 'udp' && line > MAX_DATAGRAM) {
      context.addIssue({
        code: 'custom',
        path: ['line'],
        message: 'must be at most 60KiB for udp',
      });
    }
    if (protocol === 'tls' || cleartext || isLoopback(server)) return;
    const message = `${protocol} is unencrypted: take tls, or say cleartext: true`;
    context.addIssue({ code: 'custom', path: ['protocol'], message });
  });
const MAX_DATAGRAM = 61_440;

const s3 = z
  .strictObject({
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'must be the name of a bucket' })
      .describe('The bucket.'),
    region: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'must be the name of a region' })
      .default('us-east-1')
      .describe('Its region.'),
    endpoint: httpUrl.optional().describe('Base URL of the service; left out: that of Amazon.'),
    prefix: z
      .string()
      .max(512)
      .regex(/^(?!\/)[^\p{Cc}]*$/u, { error: 'must not begin with a slash' })
      .refine((prefix) => !prefix.split('/').some((step) => step === '.' || step === '..'), {
        error: 'must not have . or .. between slashes',
      })
      .default('sallyport/')
      .describe('What names of objects begin with.'),
    access_key: credential.describe('Id of the access key; `env:NAME`.'),
    secret_key: credential.describe('Its secret; `env:NAME`.'),
    session_token: credential.optional().describe('Of temporary keys; `env:NAME`.'),
    headers: headers.describe('Further headers, such as x-amz-server-side-encryption.'),
    batch: z
      .strictObject({
        records: count.max(1_000_000).default(50_000).describe('Most records of an object.'),
        size: size.prefault('8MiB').describe('Largest size, before it is compressed.'),
      })
      .prefault({})
      .describe('What an object has.'),
    ...{ wait: wait('1m'), timeout, tls: tls.optional(), cleartext },
  })
  .superRefine(({ endpoint, cleartext }, context) => {
    checkUrl('endpoint', endpoint, cleartext, context);
  });

const text = z.string().min(1);
const texts = z.union([text, z.array(text).min(1).max(100)], { error: 'must be a text, or a list of them' }); // biome-ignore format: one line says it
/** What is known once an exchange has ended. */
const ends = ['effect', 'rule', 'outcome'] as const;
const only = z
  .strictObject({
    upstream: texts.optional().describe('Upstreams.'),
    method: texts.optional().describe('Methods, such as tools/call.'),
    target: texts.optional().describe('Tools, resources or prompts.'),
    session: texts.optional().describe('Sessions, by their names in transcripts.'),
    sub: texts.optional().describe('Callers.'),
    issuer: texts.optional().describe('Issuers of callers.'),
    client: texts.optional().describe('OAuth clients.'),
    agent: texts.optional().describe('What clients call themselves.'),
    effect: texts.optional().describe('Decisions: allow, approve, block.'),
    rule: texts.optional().describe('Rules that decided.'),
    outcome: texts.optional().describe('How exchanges ended.'),
  })
  .prefault({})
  .describe('Which exchanges; every member narrows, and a list means any of it. Left out: all.');

const wanted = z
  .strictObject({
    format: z
      .enum(['jsonl', 'ocsf', 'cef', 'otlp'])
      .default('jsonl')
      .describe(
        '`jsonl`: all that is known. `ocsf`, `cef`: for SIEMs. `otlp`: OpenTelemetry logs.',
      ),
    records: z
      .enum(recordModes)
      .optional()
      .describe(
        '`steps`: every step. `exchanges`: each as it ends, and what must not wait for that. Left out: steps for jsonl, exchanges otherwise.',
      ),
    payloads: z
      .boolean()
      .optional()
      .describe('Whether messages go along, as masked. Left out: for jsonl only.'),
    only,
    from: z
      .enum(['oldest', 'now'])
      .default('oldest')
      .describe('Where an export begins that was never there before.'),
    file: file.optional().describe('Appends to a file.'),
    stdout: z.literal(true).optional().describe('Writes to standard output.'),
    http: http.optional().describe('Sends batches by HTTP.'),
    syslog: syslog.optional().describe('Sends messages of RFC 5424.'),
    s3: s3.optional().describe('Puts objects into S3-compatible storage.'),
  })
  .superRefine((given, context) => {
    const { file, stdout, http, syslog, s3, format, records, payloads, only } = given;
    const complain = (message: string, ...path: string[]) => {
      context.addIssue({ code: 'custom', path, message });
    };
    const sinks = [file, stdout, http, syslog, s3].filter((sink) => sink !== undefined);
    if (sinks.length !== 1) complain('needs one of file, stdout, http, syslog, s3');
    const objection = formatObjection(format, { records, payloads });
    if (objection) complain(objection, 'format');
    if (syslog && format === 'otlp') complain('otlp is a document, and syslog has lines', 'format');
    const late = ends.find((name) => only[name] !== undefined);
    if (late && (records ?? defaultsOf(format).records) === 'steps') {
      complain('is known only once an exchange has ended: say records: exchanges', 'only', late);
    }
  });

/** By name: an export goes on where it was as long as it has its name. */
export const exportsSchema = z
  .record(
    z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, {
      error: 'must be 1 to 32 lower-case letters, digits, _ -',
    }),
    wanted,
  )
  .superRefine((exports, context) => {
    const paths = new Map<string, string>();
    for (const [name, { file }] of Object.entries(exports)) {
      const other = file && paths.get(normalize(file.path));
      if (other) {
        const message = `is the file of the export ${other} too: each needs its own`;
        context.addIssue({ code: 'custom', path: [name, 'file', 'path'], message });
      }
      if (file) paths.set(normalize(file.path), name);
    }
  });

function checkUrl(
  key: string,
  url: string | undefined,
  cleartext: boolean,
  context: z.RefinementCtx,
): void {
  if (url === undefined || cleartext || isSecureOrLoopback(url)) return;
  const message = 'must be https:// (http:// is for loopback, or with cleartext: true)';
  context.addIssue({ code: 'custom', path: [key], message });
}
