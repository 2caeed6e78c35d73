import type { Prose } from './prose.ts';

/** What machines write that has nothing to hide. */
export const innocent: readonly Prose[] = [
  [
    'package-lock',
    undefined,
    `"node_modules/@types/node": {
  "version": "{x:semver}",
  "resolved": "https://registry.npmjs.org/@types/node/-/node-{x:semver}.tgz",
  "integrity": "{x:sri}",
  "dependencies": { "undici-types": "~{x:semver}" }
},
"react@{x:semver}", "next@npm:{x:semver}", "esbuild@^0.{x:count}"`,
  ],
  [
    'go-sum',
    undefined,
    `github.com/spf13/cobra v{x:semver} {x:gosum}
github.com/spf13/cobra v{x:semver}/go.mod {x:gosum}
golang.org/x/sys v0.0.0-20240115{x:nine}-{x:short} {x:gosum}`,
  ],
  [
    'cargo-lock',
    undefined,
    `[[package]]
name = "serde"
version = "{x:semver}"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "{x:sha256}"`,
  ],
  [
    'docker-ps',
    undefined,
    `CONTAINER ID   IMAGE                 COMMAND                  CREATED        PORTS
{x:short}     grafana/grafana:{x:semver}   "/run.sh"   3 weeks ago   3000/tcp
{x:short}     postgres:16-alpine    "docker-entrypoint.s…"   3 weeks ago   5432/tcp`,
  ],
  [
    'hexdump',
    undefined,
    `00000000: {x:hexrow}  .ELF............
00000010: {x:hexrow}  ..>.....@.......
00000020: {x:hexrow}  @...............`,
  ],
  [
    'certificate',
    undefined,
    `subject=CN = shop.tallow.example
issuer=C = US, O = Let's Encrypt, CN = R11
serial={x:md5}
SHA1 Fingerprint={x:colons}
notAfter=Jun  2 11:20:19 2025 GMT`,
  ],
  ['image', undefined, 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{x:b64}'],
  [
    'geojson',
    undefined,
    `{"type":"Feature","geometry":{"type":"LineString","coordinates":[[{x:lon},{x:lat}],[{x:lon},{x:lat}],[{x:lon},{x:lat}]]},"properties":{"name":"Victoria Line","ref":"A{x:count}"}}`,
  ],
  [
    'svg',
    undefined,
    `<path d="M{x:percent} {x:percent}C{x:lat} {x:lon} {x:percent} {x:percent} 12.5 8.25z" fill="#{x:hex8}"/><rect width="1280" height="720"/>`,
  ],
  [
    'licence',
    undefined,
    `Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with the License. You may obtain a copy of the License at http://www.apache.org/licenses/LICENSE-2.0. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND. Copyright (c) 2012-2024 The Kestrel Data Authors. All Rights Reserved.`,
  ],
  [
    'prometheus',
    undefined,
    `# HELP process_start_time_seconds Start time of the process since unix epoch in seconds.
process_start_time_seconds {x:epoch}.{x:count}
http_request_duration_seconds_bucket{le="0.5",path="/api"} {x:nine}
go_memstats_alloc_bytes {x:bytes}
node_network_receive_bytes_total{device="eth0"} {x:twelve}`,
  ],
  [
    'ps',
    undefined,
    `  PID TTY      STAT   TIME COMMAND
{x:count} ?        Ssl    3:12 /usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock
{x:count} pts/0    R+     0:00 ps ax`,
  ],
  [
    'ls',
    undefined,
    `-rw-r--r-- 1 root root {x:bytes} Mar  4 11:20 app-{x:date}.log.gz
-rw-r--r-- 1 root root {x:bytes} Feb 14  2024 icon@2x.png
drwxr-xr-x 9 node node      4096 Jan  1 00:00 node_modules
lrwxrwxrwx 1 root root        24 May 30 2023 libssl.so.3 -> libssl.so.{x:semver}`,
  ],
  [
    'ddl',
    undefined,
    `CREATE TABLE person (
  id BIGINT PRIMARY KEY, first_name VARCHAR(80) NOT NULL, email TEXT UNIQUE,
  ssn CHAR(11), password_hash BYTEA, date_of_birth DATE, phone VARCHAR(32), api_token TEXT
);
-- 20250304112019_add_iban.sql, took 0.{x:count}s, {x:nine} rows`,
  ],
  [
    'openapi',
    undefined,
    `    Login:
      required: [email, password]
      properties:
        email: { type: string, format: email }
        password: { type: string, minLength: 12, writeOnly: true }
        token: { $ref: '#/components/schemas/Token' }
        address: { type: string, description: Street and number }`,
  ],
  [
    'typescript',
    undefined,
    `export interface Session { token: string; password?: string; apiKey: string | undefined; secret: Buffer }
const secretName = options.secretName ?? defaultSecretName;
const credentials = await loadCredentials(path);
this.accessToken = response.access_token;
if (password !== confirmPassword) throw new ValidationError('passwords differ');
type Name = Brand<string, 'Name'>; const key = keys[index]; const id = {x:hex8};`,
  ],
  [
    'helm',
    undefined,
    `auth:
  existingSecret: shop-db
  secretKeys: { adminPasswordKey: postgres-password }
  password: "{{ .Values.global.password }}"
  token: <your-token-here>
  apiKey: \${API_KEY}
  rootPassword: changeme
  passwordFile: /run/secrets/db_password`,
  ],
  [
    'stack',
    undefined,
    `Traceback (most recent call last):
  File "/usr/lib/python3.11/asyncio/base_events.py", line {x:count}, in run_until_complete
    return future.result()
RuntimeError: CUDA error at {x:pointer}: an illegal memory access was encountered
Process finished with exit code 139, core dumped at {x:epoch}`,
  ],
  [
    'catalogue',
    undefined,
    `Item {x:part}: Tommy Hilfiger polo, EAN {x:ean}, was {x:price}, now {x:price}. Item {x:part}: Ralph Lauren shirt. ISBN {x:isbn}: The Picture of Dorian Gray. VIN {x:vin}. IMEI {x:imei}. Parcel {x:parcel}, UPS {x:ups}, DHL {x:dhl}.`,
  ],
  [
    'dotnet',
    undefined,
    `System.IO.FileLoadException: Could not load file or assembly 'Newtonsoft.Json, Version=13.0.0.0, Culture=neutral, PublicKeyToken=30ad4fe6b2a6aeed'
   at Program.Main() in C:\\src\\Program.cs:line {x:count}
FileVersion 10.0.19041.3636, AssemblyVersion 4.0.0.0, Chrome/120.0.0.0`,
  ],
  [
    'release-notes',
    undefined,
    `# {x:semver} ({x:date})
- feat: add Will Call pickup and Grace Period ({x:short})
- fix: Frank Rosenblatt perceptron example; Dijkstra, Levenshtein and Bloom filters are faster
- chore: bump Sentry, Jenkins, Jasmine, Julia, Ruby, Ada and Crystal images
- docs: April Update, May Release, Dear Customer letter templates
Full changelog: v{x:semver}...v{x:semver}`,
  ],
  [
    'sim',
    undefined,
    `epoch {x:count}/90000 loss 0.{x:nine} lr {x:percent}e-5 tok/s {x:bytes} eta 3:14:15 seed {x:twelve}
checkpoint-{x:count} sha {x:short} saved {x:millis}`,
  ],
  [
    'aws-list',
    undefined,
    `arn:aws:lambda:eu-central-1:{x:twelve}:function:resize vpc-0{x:short} subnet-0{x:short} {x:ec2} sg-0{x:short} snap-0{x:short}
s3://tallow-logs/2025/03/04/{x:uuid}.gz {x:bytes}
LastEvaluatedKey={x:cursor} NextToken={x:cursor}`,
  ],
  [
    'news',
    undefined,
    `Toyota, Ford and Mercedes Benz report sales of {x:money} units. Johnson & Johnson and Procter & Gamble rise {x:percent}%. Washington and San Diego plan new lines; St. Louis follows in March. The Nobel committee meets at Karolinska in October. Call for Papers closes 14 April.`,
  ],
  [
    'todo',
    undefined,
    `- [ ] Name: the thing we ship
- [x] Contact: see the wiki
- Owner: Platform Team; Reviewer: Release Bot
- Address: {any}:8080 is the listen address
- Phone: ask reception
- Account: savings, quantity 120000000, budget {x:money}`,
  ],
  [
    'numbers',
    undefined,
    `Invoice {x:order}, order {x:order}, ticket {x:nine}, batch {x:eleven}, ref {x:twelve}, meter {x:sixteen}, parts {x:part} and {x:part}; extension 4711; from {x:date} to {x:date}, {x:time}; size {x:bytes} bytes; lat {x:lat}, lon {x:lon}; ratio {x:percent}%.`,
  ],
];
