import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';

const parse = (wanted: object) =>
  configSchema.safeParse({
    ...{ upstreams: {}, policies: { directory: 'policies' } },
    transcripts: { export: { siem: wanted } },
  });

describe('transcripts.export', () => {
  it.each([
    ['a file', { file: { path: 'a.jsonl' } }],
    ['a file that grows', { file: { path: 'a.jsonl', rotate: false } }],
    ['standard output', { stdout: true, format: 'otlp' }],
    [
      'an HTTP receiver',
      { http: { url: 'https://siem.test' }, only: { effect: ['block'] }, format: 'ocsf' },
    ],
    ['one on this machine', { http: { url: 'http://127.0.0.1:4318/v1/logs' } }],
    ['one that is reached in the clear', { http: { url: 'http://siem.test', cleartext: true } }],
    ['syslog', { format: 'cef', syslog: { server: 'siem.test', facility: 'authpriv' } }],
    ['S3', { s3: { bucket: 'audit', access_key: 'a', secret_key: 'b' } }],
  ])('takes %s', (_, wanted) => {
    expect(parse(wanted).error?.issues ?? []).toEqual([]);
  });

  it.each([
    ['nothing', {}, ''],
    ['two places', { stdout: true, file: { path: 'a' } }, ''],
    ['an unknown format', { stdout: true, format: 'leef' }, 'format'],
    ['steps in OCSF', { stdout: true, format: 'ocsf', records: 'steps' }, 'format'],
    ['messages in CEF', { stdout: true, format: 'cef', payloads: true }, 'format'],
    ['documents by syslog', { format: 'otlp', syslog: { server: 'siem.test' } }, 'format'],
    ['how steps end', { stdout: true, only: { outcome: 'blocked' } }, 'only.outcome'],
    ['an unencrypted URL', { http: { url: 'http://siem.test' } }, 'http.url'],
    ['unencrypted syslog', { syslog: { server: 'siem.test', protocol: 'udp' } }, 'syslog.protocol'],
    [
      'datagrams that none can be',
      { syslog: { server: 'localhost', protocol: 'udp', line: '64KiB' } },
      'syslog.line',
    ],
    [
      'an unencrypted endpoint',
      { s3: { bucket: 'audit', endpoint: 'http://minio.test', access_key: 'a', secret_key: 'b' } },
      's3.endpoint',
    ],
    [
      'half of a certificate',
      { http: { url: 'https://siem.test', tls: { cert: 'a.pem' } } },
      'http.tls',
    ],
    [
      'a header that ends the line',
      { http: { url: 'https://siem.test', headers: { a: 'b\r\nc: d' } } },
      'http.headers.a',
    ],
    [
      'a header without a name',
      { http: { url: 'https://siem.test', headers: { 'a b': 'c' } } },
      'http.headers.a b',
    ],
    [
      'a header of the connection',
      { http: { url: 'https://siem.test', headers: { 'Content-Length': '5' } } },
      'http.headers.Content-Length',
    ],
    [
      'a token with a line end',
      { http: { url: 'https://siem.test', bearer: 'token-1\n' } },
      'http.bearer',
    ],
    [
      'messages that have room for nothing',
      { syslog: { server: 'siem.test', line: '100B' } },
      'syslog.line',
    ],
    [
      'a region that is a host',
      { s3: { bucket: 'audit', region: 'x.test/', access_key: 'a', secret_key: 'b' } },
      's3.region',
    ],
    [
      'a prefix that leaves the bucket',
      { s3: { bucket: 'audit', prefix: '../other/', access_key: 'a', secret_key: 'b' } },
      's3.prefix',
    ],
    [
      'a key with a line end',
      { s3: { bucket: 'audit', access_key: 'a', secret_key: 'b\n' } },
      's3.secret_key',
    ],
    ['a short secret', { http: { url: 'https://siem.test', secret: 'short' } }, 'http.secret'],
    [
      'a bucket that is a path',
      { s3: { bucket: '../x', access_key: 'a', secret_key: 'b' } },
      's3.bucket',
    ],
  ])('refuses %s', (_, wanted, place) => {
    const issues = parse(wanted).error?.issues ?? [];
    expect(issues.map(({ path }) => path.slice(3).join('.'))).toContain(place);
  });

  it('refuses two exports to one file', () => {
    const to = (path: string) => ({ file: { path } });
    const { error } = configSchema.safeParse({
      ...{ upstreams: {}, policies: { directory: 'policies' } },
      transcripts: { export: { one: to('a.jsonl'), two: to('./a.jsonl'), three: to('b.jsonl') } },
    });
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'transcripts.export.two.file.path',
    ]);
  });

  it('is nothing unless it is configured', () => {
    const config = configSchema.parse({ upstreams: {}, policies: { directory: 'policies' } });
    expect(config.transcripts.export).toEqual({});
  });
});
