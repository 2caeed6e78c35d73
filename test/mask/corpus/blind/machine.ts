import type { Prose } from './prose.ts';

/** What machines write that has something to hide. */
export const machine: readonly Prose[] = [
  [
    'git-log',
    undefined,
    `commit {x:sha} (HEAD -> main, tag: v{x:semver})
Merge: {x:short} {x:short}
Author: {name} <{mail}>
Date:   Tue Mar 4 11:20:19 2025 +0100

    Fix rounding in Kelvin conversion (#{x:count})

    Change-Id: I{x:sha}
    Signed-off-by: {name-2} <{mail-2}>
    Co-authored-by: {name-3} <{mail-3}>
    Cherry-picked-from: {x:sha}
`,
  ],
  [
    'diff',
    undefined,
    `diff --git a/config/prod.yaml b/config/prod.yaml
index {x:short}..{x:short} 100644
--- a/config/prod.yaml
+++ b/config/prod.yaml
@@ -12,7 +12,7 @@ database:
-  url: postgres://{url:shop}@db.internal:5432/shop
+  url: \${DATABASE_URL}
   pool: 20
-  stripe: {s:stripe-key}
+  stripe: !vault stripe/live
   timeout: {x:count}`,
  ],
  [
    'dotenv',
    undefined,
    `# generated {x:iso}
NODE_ENV=production
PORT=8080
DATABASE_URL=postgresql://{url:app}@10-0-3-7.db.internal/app?sslmode=require
REDIS_URL=redis://:{url:}@cache:6379/0
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
`,
  ],
  [
    'properties',
    undefined,
    `spring.datasource.url=jdbc:mysql://db.tallow.example:3306/shop
spring.datasource.username=shop
spring.datasource.password={pw}
server.ssl.key-store-password={pw-2}
management.endpoints.web.exposure.include=health
app.mail.from={role}
jasypt.encryptor.algorithm=PBEWITHHMACSHA512ANDAES_256
build.number={x:nine}`,
  ],
  [
    'k8s',
    undefined,
    `NAME                       READY   STATUS    RESTARTS   AGE   IP            NODE
{x:pod}   1/1     Running   0          12d   {ip4}   gke-prod-pool-{x:short}
{x:pod}   0/1     CrashLoopBackOff   17   3h   {ip4}   gke-prod-pool-{x:short}
`,
  ],
  [
    'k8s',
    undefined,
    `apiVersion: v1
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
`,
  ],
  [
    'terraform',
    undefined,
    `  # aws_instance.web will be created
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
Plan: 1 to add, 1 to change, 0 to destroy.`,
  ],
  [
    'aws-cli',
    undefined,
    `$ aws sts get-session-token
{
    "Credentials": {
        "AccessKeyId": "{s:aws-key}",
        "SecretAccessKey": "{awssecret}",
        "Expiration": "{x:iso}"
    },
    "Arn": "{x:arn}",
    "Account": "{x:twelve}"
}`,
  ],
  [
    'access-log',
    undefined,
    `{ip4} - {user} [04/Mar/2025:11:20:19 +0000] "GET /api/v1/orders/{x:nine}?page=2 HTTP/1.1" 200 {x:count} "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.6778.86 Safari/537.36" rt=0.{x:count}
{ip4-2} - - [04/Mar/2025:11:20:20 +0000] "POST /login HTTP/1.1" 401 182 "https://shop.tallow.example/" "curl/8.5.0"
{ip6} - - [04/Mar/2025:11:20:21 +0000] "GET /healthz HTTP/2.0" 200 2 "-" "kube-probe/1.29"`,
  ],
  [
    'app-log',
    undefined,
    `{x:iso} INFO  [http-nio-8080-exec-7] c.t.shop.LoginService - user {mail} logged in from {ip4} session={x:uuid}
{x:iso} WARN  [pool-2-thread-1] c.t.shop.Payments - declined card={card} amount={x:price} order={x:order}
{x:iso} ERROR [pool-2-thread-1] c.t.shop.Mail - SMTP 550 for <{mail-2}> id={x:ulid}
{x:iso} DEBUG [main] o.h.SQL - binding parameter [1] as [BIGINT] - [{x:sixteen}]`,
  ],
  [
    'json-log',
    undefined,
    `{"ts":"{x:iso}","level":"info","msg":"webhook","headers":{"authorization":"Bearer {s:jwt}","x-request-id":"{x:uuid}","user-agent":"Slackbot 1.0"},"remote":"{ip4}","ms":{x:count}}
{"ts":"{x:iso}","level":"warn","msg":"retry","url":"https://api.tallow.example/v2/items/{x:objectid}?api_key={urlkey}&page=3","traceparent":"{x:trace}"}`,
  ],
  [
    'auth-log',
    undefined,
    `Mar  4 11:20:19 bastion sshd[{x:count}]: Accepted publickey for {user} from {ip4} port 50122 ssh2: ED25519 {x:fingerprint}
Mar  4 11:20:31 bastion sshd[{x:count}]: Failed password for invalid user admin from {ip4-2} port 41002 ssh2
Mar  4 11:21:00 bastion sudo: {user} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/systemctl restart nginx`,
  ],
  [
    'curl',
    undefined,
    `$ curl -sS -H 'Authorization: Bearer {s:github-token}' https://api.github.com/user
> GET /user HTTP/2
> x-api-key: {hexkey}
> cookie: theme=dark; session_id={hexkey-2}
< HTTP/2 200
< etag: W/"{x:sha256}"
< x-github-request-id: C0DE:{x:short}:1A2B3C
< date: Tue, 04 Mar 2025 11:20:19 GMT`,
  ],
  [
    'http',
    undefined,
    `POST /oauth/token HTTP/1.1
Host: login.fjordbank.example
Authorization: Basic {basic}
Content-Type: application/x-www-form-urlencoded

grant_type=password&username={user}&password={urlkey}&scope=read&client_secret={urlkey-2}`,
  ],
  [
    'npmrc',
    undefined,
    `registry=https://registry.npmjs.org/
//registry.npmjs.org/:_authToken={s:npm-token}
//npm.pkg.github.com/:_authToken={s:github-token}
always-auth=true
email={mail}`,
  ],
  [
    'netrc',
    undefined,
    `machine gitlab.tallow.example
login {user}
password {s:gitlab-token}
machine api.heroku.com login {mail} password {pw}`,
  ],
  [
    'python',
    undefined,
    `import stripe
from datetime import datetime

stripe.api_key = "{s:stripe-key}"
client = Anthropic(api_key="{s:ai-key}")
conn = psycopg2.connect(host="{ip4}", dbname="shop", user="shop", password="{pw}")
token = os.environ["GITHUB_TOKEN"]
password = getpass.getpass("Password: ")
ADMINS = [("{name}", "{mail}")]
assert sha256(data).hexdigest() == "{x:sha256}"
VERSION = "{x:semver}"  # released {x:date}`,
  ],
  [
    'javascript',
    undefined,
    `import { createClient } from '@supabase/supabase-js';
const client = createClient('https://abc.supabase.co', '{s:jwt}');
const apiKey = process.env.API_KEY ?? '';
const config = { auth: { user: '{mail}', pass: '{pw}' }, secret: secrets.session };
export const passwordField = document.querySelector('#password');
fetch(url, { headers: { 'X-Auth-Token': '{hexkey}' } });
const tokens = tokenize(source); // token: Token
/** @author {name} <{mail}> */`,
  ],
  [
    'java',
    undefined,
    `public class Config {
    private static final String DB_PASSWORD = "{pw}";
    private static final String SLACK = "{s:slack-token}";
    private static final long serialVersionUID = {x:nanos}L;
    String password = request.getParameter("password");
    // TODO({user}): remove, see SHOP-{x:count}
}`,
  ],
  [
    'gcp-sa',
    undefined,
    `{
  "type": "service_account",
  "project_id": "tallow-prod",
  "private_key_id": "{x:sha}",
  "client_email": "{mail}",
  "client_id": "1{x:nanos}",
  "api_key": "{s:gcp-key}"
}
{s:private-key}`,
  ],
  [
    'stack-trace',
    undefined,
    `org.postgresql.util.PSQLException: FATAL: password authentication failed for user "shop"
	at org.postgresql.core.v3.ConnectionFactoryImpl.doAuthentication(ConnectionFactoryImpl.java:{x:count})
	at com.tallow.shop.Main.main(Main.java:42) ~[shop-{x:semver}.jar:?]
Caused by: java.net.ConnectException: Connection refused: db.internal/{ip4}:5432
	jdbc:postgresql://db.internal/shop?user=shop&password={urlkey}`,
  ],
  [
    'ci',
    undefined,
    `Run docker login -u ci -p {hexkey} registry.tallow.example
Login Succeeded
#12 [build 4/9] RUN npm ci --ignore-scripts
#12 sha256:{x:sha256} 31.4MB / 31.4MB 2.1s done
Pushed registry.tallow.example/shop:{x:short}
::set-output name=image::shop@sha256:{x:sha256}
Triggered by {name} ({mail}) at {x:iso}`,
  ],
  [
    'ansible',
    undefined,
    `[db]
db1 ansible_host={ip4} ansible_user=root ansible_ssh_pass={pw}
[db:vars]
vault_addr=https://vault.tallow.example:8200
vault_token={s:provider-key}
backup_retention_days=30`,
  ],
  [
    'whois',
    undefined,
    `% Information related to '{ip4} - {ip4-2}'
netname:        TALLOW-NET
person:         {name}
address:        {address}
phone:          {phone}
e-mail:         {mail}
nic-hdl:        TN{x:count}-RIPE
last-modified:  {x:iso}`,
  ],
  [
    'ip-addr',
    undefined,
    `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether {mac} brd ff:ff:ff:ff:ff:ff
    inet {ip4}/24 brd {ip4-2} scope global eth0
    inet6 {ip6}/64 scope link
       valid_lft forever preferred_lft forever`,
  ],
  [
    'html',
    undefined,
    `<table class="crm" data-rev="{x:short}"><tr><th>Customer</th><th>Contact</th></tr>
<tr><td>{name}</td><td><a href="mailto:{mail}">{mail}</a>, <a href="tel:{phone}">{phone}</a></td></tr></table>
<script src="/app.{x:short}.js" integrity="{x:sri}"></script>
<input type="hidden" name="csrf_token_field" value="1"><p>Last change: {x:date}</p>`,
  ],
  [
    'vcard',
    undefined,
    `BEGIN:VCARD
VERSION:3.0
N:{last};{first};;;
FN:{name}
EMAIL;TYPE=WORK:{mail}
TEL;TYPE=CELL:{phone}
BDAY:{dobiso}
ORG:Kestrel Data
REV:{x:iso}
END:VCARD`,
  ],
  [
    'ledger',
    undefined,
    `block {x:count}: from {wallet} to {wallet-2} value 0.{x:count} gas {x:bytes} tx 0x{x:sha256}`,
  ],
  [
    'env-args',
    undefined,
    `docker run -e MYSQL_ROOT_PASSWORD={pw} -e TZ=Europe/Berlin -p 3306:3306 mysql:{x:semver}
kubectl create secret generic regcred --from-literal=password={pw-2}
az login --service-principal -u {x:uuid} -p {s:azure-key} --tenant {x:uuid}
git remote add origin https://ci:{s:gitlab-token}@gitlab.tallow.example/shop.git
psql "host=db user=app password={pw-3} dbname=app"`,
  ],
];
