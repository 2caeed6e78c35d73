import { withTargets } from './relay/relay.ts';
import { load } from './relay/load.ts';
import { execSync, spawn } from 'node:child_process';
await withTargets(async ({targets, bare, gate}) => {
  for (const [n, c, i] of [['bare',bare,1],['gate',gate,2]] as const) {
    await load(targets[i]!, 1, {calls: 3000});
    const s = spawn('strace', ['-f','-c','-p',String(c.pid),'-o',`/tmp/strace.${n}`]);
    await new Promise(r=>setTimeout(r,800));
    console.log(n, await load(targets[i]!, 1, {calls: 1000}));
    s.kill('SIGINT'); await new Promise(r=>setTimeout(r,500));
    console.log(execSync(`head -16 /tmp/strace.${n}`).toString());
  }
});
