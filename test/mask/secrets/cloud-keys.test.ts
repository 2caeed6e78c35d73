import { describe, expect, it } from 'vitest';
import { BASE64, drawn, HEX, UPPER, WORD } from './drawn.ts';
import { found } from './found.ts';

const id = `AKIA${drawn(`${UPPER}234567`, 16, 4)}`;
const secret = drawn(BASE64, 40, 5);

describe('aws-key', () => {
  it.each([
    ['a setting', `aws_secret_access_key = ${secret}`, undefined],
    ['an environment variable', `AWS_SECRET_ACCESS_KEY="${secret}"`, undefined],
    ['JSON', `{"SecretAccessKey": "${secret}"}`, undefined],
    ['code', `awsSecretAccessKey: '${secret}',`, undefined],
    ['prose', `The AWS secret is ${secret}, keep it.`, undefined],
    ['its field', secret, 'SecretAccessKey'],
    ['another name of its field', secret, 's3_secret'],
  ])('finds a secret access key in %s', (_, text, field) => {
    expect(found('aws-key', text, field)).toEqual([secret]);
  });

  it('finds a secret access key beside its id', () => {
    expect(found('aws-key', `${id},${secret}`)).toEqual([id, secret]);
    expect(found('aws-key', `key ${id}\nsecret ${secret}\n`)).toEqual([id, secret]);
  });

  it.each([
    ['a commit beside an id', `aws_secret ${drawn(HEX, 40)}`],
    ['forty characters of anything', `value ${secret}`],
    ['a path', 'aws_secret in /usr/share/lib/python3/dist/packages/Key1'],
    ['more than forty characters', `aws_secret_access_key = ${secret}${secret}`],
  ])('leaves %s', (_, text) => {
    expect(found('aws-key', text)).toEqual([]);
  });

  it('finds the signature of a signed address', () => {
    const signature = drawn(HEX, 64);
    const address = `https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=${signature}&x=1`;
    expect(found('aws-key', address)).toEqual([signature]);
  });
});

describe('gcp-key', () => {
  it('finds the signature of a signed address', () => {
    const signature = drawn(HEX, 512);
    expect(
      found('gcp-key', `https://storage.googleapis.com/b/o?X-Goog-Signature=${signature}`),
    ).toEqual([signature]);
  });
});

describe('azure-key', () => {
  const key = `${drawn(WORD, 86)}==`;
  const bus = `${drawn(WORD, 43)}=`;
  const sas = `${drawn(WORD, 43)}%3D`;

  it.each([
    [
      `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${key};EndpointSuffix=core.windows.net`,
      key,
    ],
    [`AccountEndpoint=https://a.documents.azure.com:443/;AccountKey=${key};`, key],
    [
      `Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${bus}`,
      bus,
    ],
    [`"accountKey": "${key}"`, key],
    [`https://a.blob.core.windows.net/c/b?sv=2024-01-01&se=2026-01-01&sp=r&sig=${sas}`, sas],
    [`SharedAccessSignature sr=https%3A%2F%2Fa&sig=${sas}&se=1700000000&skn=Root`, sas],
  ])('finds the secret part of %s', (text, expected) => {
    expect(found('azure-key', text)).toEqual([expected]);
  });

  it.each([
    `https://example.com/?sig=${sas}`,
    'AccountKey=<your-account-key>',
    'AccountKey is a part of the connection string',
    'SharedAccessKeyName=RootManageSharedAccessKey',
  ])('leaves %s', (text) => {
    expect(found('azure-key', text)).toEqual([]);
  });
});
