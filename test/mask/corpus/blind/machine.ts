import type { Prose } from './prose.ts';

/** What machines write that has something to hide. */
export const machine: readonly Prose[] = [
  ['git-log', undefined, `commit {x:sha} (HEAD -> main, tag: v{x:semver})
Merge: {x:short} {x:short}
Author: {name} <{mail}>
Date:   Tue Mar 4 11:20:19 2025 +0100

    Fix rounding in Kelvin conversion (#{x:count})

    Change-Id: I{x:sha}
    Signed-off-by: {name-2} <{mail-2}>
    Co-authored-by: {name-3} <{mail-3}>
    Cherry-picked-from: {x:sha}
`],
  ['diff', undefined, `diff --git a/config/prod.yaml b/config/prod.yaml
index {x:short}..{x:short} 100644
--- a/config/prod.yaml
+++ b/config/prod.yaml
@@ -12,7 +12,7 @@ database:
-  url: postgres://shop:{url:pw}@db.internal:5432/shop
+  url: \${DATABASE_URL}
   pool: 20
-  stripe: {s:stripe-key}
+  stripe: !vault stripe/live
   timeout: {x:count}`],
  ['dotenv', undefined, `# generated {x:iso}
NODE_ENV=production
PORT=8080
DATABASE_URL=postgresql://app:{url:pw}@10-0-3-7.db.internal/app?sslmode=require
REDIS_URL=redis://:{url:pw}@cache:6379/0
JWT_SECRET={pw}
SESSION_KEY="{hexkey}"
AWS_ACCESS_KEY_ID={s:aws-key}
AWS_SECRET_ACCESS_KEY={awssecret}
GITHUB_TOKEN={s:github-token}
OPENAI_API_KEY={s:ai-key}
SMTP_PASS='{pw-2}'
PUBLIC_KEY_ID=k-{x:short}
TOKEN_TTL=3600
PASSWORD_MIN_LENGTH=12
SENTRY_RELEASE={x:sha}
`],
  ['properties', undefined, `spring.datasource.url=jdbc:mysql://db.tallow.example:3306/shop
spring.datasource.username=shop
spring.datasource.password={pw}
server.ssl.key-store-password={pw-2}
management.endpoints.web.exposure.include=health
app.mail.from=noreply@tallow.example
jasypt.encryptor.algorithm=PBEWITHHMACSHA512ANDAES_256
build.number={x:nine}`],
  ['k8s', undefined, `NAME                       READY   STATUS    RESTARTS   AGE   IP            NODE
{x:pod}   1/1     Running   0          12d   {ip4}   gke-prod-pool-{x:short}
{x:pod}   0/1     CrashLoopBackOff   17   3h   {ip4}   gke-prod-pool-{x:short}
`],
  ['k8s', undefined, `apiVersion: v1
kind: Pod
metadata:
  name: {x:pod}
  uid: {x:uuid}
  annotations:
    checksum/config: {x:sha256}
spec:
  containers:
    - name: api
      image: registry.tallow.example/api@sha256:{x:sha256}
      env:
        - name: DB_PASSWORD
          value: {pw}
        - name: API_TOKEN
          valueFrom:
            secretKeyRef:
              name: api-secrets
              key: token
status:
  podIP: {ip4}
  startTime: "{x:iso}"
`],
  ['terraform', undefined, `  # aws_instance.web will be created
  + resource "aws_instance" "web" {
      + ami                    = "ami-0{x:short}"
      + id                     = (known after apply)
      + private_ip             = "{ip4}"
      + user_data              = "{x:sha}"
      + vpc_security_group_ids = ["sg-0{x:short}"]
    }
  # azurerm_storage_account.logs
  ~ primary_connection_string = "DefaultEndpointsProtocol=https;AccountName=logs;AccountKey={azacct};EndpointSuffix=core.windows.net"
  + client_secret = "{s:azure-key}"
  + db_password   = (sensitive value)
Plan: 1 to add, 1 to change, 0 to destroy.`],
  ['aws-cli', undefined, `$ aws sts get-session-token
{
    "Credentials": {
        "AccessKeyId": "{s:aws-key}",
        "SecretAccessKey": "{awssecret}",
        "Expiration": "{x:iso}"
    },
    "Arn": "{x:arn}",
    "Account": "{x:twelve}"
}`],
  ['access-log', undefined, `{ip4} - {user} [04/Mar/2025:11:20:19 +0000] "GET /api/v1/orders/{x:nine}?page=2 HTTP/1.1" 200 {x:count} "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.6778.86 Safari/537.36" rt=0.{x:count}
{ip4-2} - - [04/Mar/2025:11:20:20 +0000] "POST /login HTTP/1.1" 401 182 "https://shop.tallow.example/" "curl/8.5.0"
{ip6} - - [04/Mar/2025:11:20:21 +0000] "GET /healthz HTTP/2.0" 200 2 "-" "kube-probe/1.29"`],
  ['app-log', undefined, `{x:iso} INFO  [http-nio-8080-exec-7] c.t.shop.LoginService - user {mail} logged in from {ip4} session={x:uuid}
{x:iso} WARN  [pool-2-thread-1] c.t.shop.Payments - declined card={card} amount={x:price} order={x:order}
{x:iso} ERROR [pool-2-thread-1] c.t.shop.Mail - SMTP 550 for <{mail-2}> id={x:ulid}
{x:iso} DEBUG [main] o.h.SQL - binding parameter [1] as [BIGINT] - [{x:sixteen}]`],
  ['json-log', undefined, `{"ts":"{x:iso}","level":"info","msg":"webhook","headers":{"authorization":"Bearer {s:jwt}","x-request-id":"{x:uuid}","user-agent":"Slackbot 1.0"},"remote":"{ip4}","ms":{x:count}}
{"ts":"{x:iso}","level":"warn","msg":"retry","url":"https://api.tallow.example/v2/items/{x:objectid}?api_key={urlkey}&page=3","traceparent":"{x:trace}"}`],
  ['auth-log', undefined, `Mar  4 11:20:19 bastion sshd[{x:count}]: Accepted publickey for {user} from {ip4} port 50122 ssh2: ED25519 {x:fingerprint}
Mar  4 11:20:31 bastion sshd[{x:count}]: Failed password for invalid user admin from {ip4-2} port 41002 ssh2
Mar  4 11:21:00 bastion sudo: {user} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/systemctl restart nginx`],
  ['curl', undefined, `$ curl -sS -H 'Authorization: Bearer {s:github-token}' https://api.github.com/user
> GET /user HTTP/2
> x-api-key: {hexkey}
> cookie: theme=dark; session_id={hexkey-2}
< HTTP/2 200
< etag: W/"{x:sha256}"
< x-github-request-id: C0DE:{x:short}:1A2B3C
< date: Tue, 04 Mar 2025 11:20:19 GMT`],
  ['http', undefined, `POST /oauth/token HTTP/1.1
Host: login.fjordbank.example
Authorization: Basic {basic}
Content-Type: application/x-www-form-urlencoded

grant_type=password&username={user}&password={urlkey}&scope=read&client_secret={urlkey-2}`],
  ['npmrc', undefined, `registry=https://registry.npmjs.org/
//registry.npmjs.org/:_authToken={s:npm-token}
//npm.pkg.github.com/:_authToken={s:github-token}
always-auth=true
email={mail}`],
  ['netrc', undefined, `machine gitlab.tallow.example
login {user}
password {s:gitlab-token}
machine api.heroku.com login {mail} password {pw}`],
  ['python', undefined, `import stripe
from datetime import datetime

stripe.api_key = "{s:stripe-key}"
client = Anthropic(api_key="{s:ai-key}")
conn = psycopg2.connect(host="{ip4}", dbname="shop", user="shop", password="{pw}")
token = os.environ["GITHUB_TOKEN"]
password = getpass.getpass("Password: ")
ADMINS = [("{name}", "{mail}")]
assert sha256(data).hexdigest() == "{x:sha256}"
VERSION = "{x:semver}"  # released {x:date}`],
  ['javascript', undefined, `import { createClient } from '@supabase/supabase-js';
const client = createClient('https://abc.supabase.co', '{s:jwt}');
const apiKey = process.env.API_KEY ?? '';
const config = { auth: { user: '{mail}', pass: '{pw}' }, secret: secrets.session };
export const passwordField = document.querySelector('#password');
fetch(url, { headers: { 'X-Auth-Token': '{hexkey}' } });
const tokens = tokenize(source); // token: Token
/** @author {name} <{mail}> */`],
  ['java', undefined, `public class Config {
    private static final String DB_PASSWORD = "{pw}";
    private static final String SLACK = "{s:slack-token}";
    private static final long serialVersionUID = {x:nanos}L;
    String password = request.getParameter("password");
    // TODO({user}): remove, see SHOP-{x:count}
}`],
  ['gcp-sa', undefined, `{
  "type": "service_account",
  "project_id": "tallow-prod",
  "private_key_id": "{x:sha}",
  "client_email": "{mail}",
  "client_id": "1{x:nanos}",
  "api_key": "{s:gcp-key}"
}
{s:private-key}`],
  ['stack-trace', undefined, `org.postgresql.util.PSQLException: FATAL: password authentication failed for user "shop"
	at org.postgresql.core.v3.ConnectionFactoryImpl.doAuthentication(ConnectionFactoryImpl.java:{x:count})
	at com.tallow.shop.Main.main(Main.java:42) ~[shop-{x:semver}.jar:?]
Caused by: java.net.ConnectException: Connection refused: db.internal/{ip4}:5432
	jdbc:postgresql://db.internal/shop?user=shop&password={urlkey}`],
  ['ci', undefined, `Run docker login -u ci -p {hexkey} registry.tallow.example
Login Succeeded
#12 [build 4/9] RUN npm ci --ignore-scripts
#12 sha256:{x:sha256} 31.4MB / 31.4MB 2.1s done
Pushed registry.tallow.example/shop:{x:short}
::set-output name=image::shop@sha256:{x:sha256}
Triggered by {name} ({mail}) at {x:iso}`],
  ['ansible', undefined, `[db]
db1 ansible_host={ip4} ansible_user=root ansible_ssh_pass={pw}
[db:vars]
vault_addr=https://vault.tallow.example:8200
vault_token={s:provider-key}
backup_retention_days=30`],
  ['whois', undefined, `% Information related to '{ip4} - {ip4-2}'
netname:        TALLOW-NET
person:         {name}
address:        {address}
phone:          {phone}
e-mail:         {mail}
nic-hdl:        TN{x:count}-RIPE
last-modified:  {x:iso}`],
  ['ip-addr', undefined, `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether {mac} brd ff:ff:ff:ff:ff:ff
    inet {ip4}/24 brd 10.0.0.255 scope global eth0
    inet6 {ip6}/64 scope link
       valid_lft forever preferred_lft forever`],
  ['html', undefined, `<table class="crm" data-rev="{x:short}"><tr><th>Customer</th><th>Contact</th></tr>
<tr><td>{name}</td><td><a href="mailto:{mail}">{mail}</a>, <a href="tel:{phone}">{phone}</a></td></tr></table>
<script src="/app.{x:short}.js" integrity="{x:sri}"></script>
<input type="hidden" name="csrf_token_field" value="1"><p>Last change: {x:date}</p>`],
  ['vcard', undefined, `BEGIN:VCARD
VERSION:3.0
N:{last};{first};;;
FN:{name}
EMAIL;TYPE=WORK:{mail}
TEL;TYPE=CELL:{phone}
BDAY:{dobiso}
ORG:Kestrel Data
REV:{x:iso}
END:VCARD`],
  ['ledger', undefined, `block {x:count}: from {wallet} to {wallet-2} value 0.{x:count} gas {x:bytes} tx 0x{x:sha256}`],
  ['env-args', undefined, `docker run -e MYSQL_ROOT_PASSWORD={pw} -e TZ=Europe/Berlin -p 3306:3306 mysql:{x:semver}
kubectl create secret generic regcred --from-literal=password={pw-2}
az login --service-principal -u {x:uuid} -p {s:azure-key} --tenant {x:uuid}
git remote add origin https://ci:{s:gitlab-token}@gitlab.tallow.example/shop.git
psql "host=db user=app password={pw-3} dbname=app"`],
];

/** What machines write that has nothing to hide. */
export const innocent: readonly Prose[] = [
  ['package-lock', undefined, `"node_modules/@types/node": {
  "version": "{x:semver}",
  "resolved": "https://registry.npmjs.org/@types/node/-/node-{x:semver}.tgz",
  "integrity": "{x:sri}",
  "dependencies": { "undici-types": "~{x:semver}" }
},
"react@{x:semver}", "next@npm:{x:semver}", "esbuild@^0.{x:semver}"`],
  ['go-sum', undefined, `github.com/spf13/cobra v{x:semver} {x:gosum}
github.com/spf13/cobra v{x:semver}/go.mod {x:gosum}
golang.org/x/sys v0.0.0-20240115{x:nine}-{x:short} {x:gosum}`],
  ['cargo-lock', undefined, `[[package]]
name = "serde"
version = "{x:semver}"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "{x:sha256}"`],
  ['docker-ps', undefined, `CONTAINER ID   IMAGE                 COMMAND                  CREATED        PORTS
{x:short}     grafana/grafana:{x:semver}   "/run.sh"   3 weeks ago   3000/tcp
{x:short}     postgres:16-alpine    "docker-entrypoint.s…"   3 weeks ago   5432/tcp`],
  ['hexdump', undefined, `00000000: {x:hexrow}  .ELF............
00000010: {x:hexrow}  ..>.....@.......
00000020: {x:hexrow}  @...............`],
  ['certificate', undefined, `subject=CN = shop.tallow.example
issuer=C = US, O = Let's Encrypt, CN = R11
serial={x:md5}
SHA1 Fingerprint={x:colons}
notAfter=Jun  2 11:20:19 2025 GMT`],
  ['image', undefined, 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{x:b64}'],
  ['geojson', undefined, `{"type":"Feature","geometry":{"type":"LineString","coordinates":[[{x:lon},{x:lat}],[{x:lon},{x:lat}],[{x:lon},{x:lat}]]},"properties":{"name":"Victoria Line","ref":"A{x:count}"}}`],
  ['svg', undefined, `<path d="M{x:percent} {x:percent}C{x:lat} {x:lon} {x:percent} {x:percent} 12.5 8.25z" fill="#{x:hex8}"/><rect width="1280" height="720"/>`],
  ['licence', undefined, `Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with the License. You may obtain a copy of the License at http://www.apache.org/licenses/LICENSE-2.0. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND. Copyright (c) 2012-2024 The Kestrel Data Authors. All Rights Reserved.`],
  ['prometheus', undefined, `# HELP process_start_time_seconds Start time of the process since unix epoch in seconds.
process_start_time_seconds {x:epoch}.{x:count}
http_request_duration_seconds_bucket{le="0.5",path="/api"} {x:nine}
go_memstats_alloc_bytes {x:bytes}
node_network_receive_bytes_total{device="eth0"} {x:twelve}`],
  ['ps', undefined, `  PID TTY      STAT   TIME COMMAND
{x:count} ?        Ssl    3:12 /usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock
{x:count} pts/0    R+     0:00 ps ax`],
  ['ls', undefined, `-rw-r--r-- 1 root root {x:bytes} Mar  4 11:20 app-{x:date}.log.gz
-rw-r--r-- 1 root root {x:bytes} Feb 14  2024 icon@2x.png
drwxr-xr-x 9 node node      4096 Jan  1 00:00 node_modules
lrwxrwxrwx 1 root root        24 May 30 2023 libssl.so.3 -> libssl.so.{x:semver}`],
  ['ddl', undefined, `CREATE TABLE person (
  id BIGINT PRIMARY KEY, first_name VARCHAR(80) NOT NULL, email TEXT UNIQUE,
  ssn CHAR(11), password_hash BYTEA, date_of_birth DATE, phone VARCHAR(32), api_token TEXT
);
-- 20250304112019_add_iban.sql, took 0.{x:count}s, {x:nine} rows`],
  ['openapi', undefined, `    Login:
      required: [email, password]
      properties:
        email: { type: string, format: email }
        password: { type: string, minLength: 12, writeOnly: true }
        token: { $ref: '#/components/schemas/Token' }
        address: { type: string, description: Street and number }`],
  ['typescript', undefined, `export interface Session { token: string; password?: string; apiKey: string | undefined; secret: Buffer }
const secretName = options.secretName ?? defaultSecretName;
const credentials = await loadCredentials(path);
this.accessToken = response.access_token;
if (password !== confirmPassword) throw new ValidationError('passwords differ');
type Name = Brand<string, 'Name'>; const key = keys[index]; const id = {x:hex8};`],
  ['helm', undefined, `auth:
  existingSecret: shop-db
  secretKeys: { adminPasswordKey: postgres-password }
  password: "{{ .Values.global.password }}"
  token: <your-token-here>
  apiKey: \${API_KEY}
  rootPassword: changeme
  passwordFile: /run/secrets/db_password`],
  ['stack', undefined, `Traceback (most recent call last):
  File "/usr/lib/python3.11/asyncio/base_events.py", line {x:count}, in run_until_complete
    return future.result()
RuntimeError: CUDA error at {x:pointer}: an illegal memory access was encountered
Process finished with exit code 139, core dumped at {x:epoch}`],
  ['catalogue', undefined, `Item {x:part}: Tommy Hilfiger polo, EAN {x:ean}, was {x:price}, now {x:price}. Item {x:part}: Ralph Lauren shirt. ISBN {x:isbn}: The Picture of Dorian Gray. VIN {x:vin}. IMEI {x:imei}. Parcel {x:parcel}, UPS {x:ups}, DHL {x:dhl}.`],
  ['dotnet', undefined, `System.IO.FileLoadException: Could not load file or assembly 'Newtonsoft.Json, Version=13.0.0.0, Culture=neutral, PublicKeyToken=30ad4fe6b2a6aeed'
   at Program.Main() in C:\\src\\Program.cs:line {x:count}
FileVersion 10.0.19041.3636, AssemblyVersion 4.0.0.0, Chrome/120.0.0.0`],
  ['release-notes', undefined, `# {x:semver} ({x:date})
- feat: add Will Call pickup and Grace Period ({x:short})
- fix: Frank Rosenblatt perceptron example; Dijkstra, Levenshtein and Bloom filters are faster
- chore: bump Sentry, Jenkins, Jasmine, Julia, Ruby, Ada and Crystal images
- docs: April Update, May Release, Dear Customer letter templates
Full changelog: v{x:semver}...v{x:semver}`],
  ['sim', undefined, `epoch {x:count}/90000 loss 0.{x:nine} lr {x:percent}e-5 tok/s {x:bytes} eta 3:14:15 seed {x:twelve}
checkpoint-{x:count} sha {x:short} saved {x:millis}`],
  ['aws-list', undefined, `arn:aws:lambda:eu-central-1:{x:twelve}:function:resize vpc-0{x:short} subnet-0{x:short} {x:ec2} sg-0{x:short} snap-0{x:short}
s3://tallow-logs/2025/03/04/{x:uuid}.gz {x:bytes}
LastEvaluatedKey={x:cursor} NextToken={x:cursor}`],
  ['news', undefined, `Toyota, Ford and Mercedes Benz report sales of {x:money} units. Johnson & Johnson and Procter & Gamble rise {x:percent}%. Washington and San Diego plan new lines; St. Louis follows in March. The Nobel committee meets at Karolinska in October. Call for Papers closes 14 April.`],
  ['todo', undefined, `- [ ] Name: the thing we ship
- [x] Contact: see the wiki
- Owner: Platform Team; Reviewer: Release Bot
- Address: 0.0.0.0:8080 is the listen address
- Phone: ask reception
- Account: savings, quantity 120000000, budget {x:money}`],
  ['numbers', undefined, `Invoice {x:order}, order {x:order}, ticket {x:nine}, batch {x:eleven}, ref {x:twelve}, meter {x:sixteen}, parts {x:part} and {x:part}; extension 4711; from {x:date} to {x:date}, {x:time}; size {x:bytes} bytes; lat {x:lat}, lon {x:lon}; ratio {x:percent}%.`],
];
