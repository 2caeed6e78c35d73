import { withTargets } from './relay/relay.ts';
import { load } from './relay/load.ts';
import { spawn } from 'node:child_process';
await withTargets(async ({targets, bare, gate}) => {
  for (const [n, c, i] of [['bare',bare,1],['gate',gate,2]] as const) {
    await load(targets[i]!, 32, {calls: 8000});
    const s = spawn('perf', ['record','-F','1999','-g','-p',String(c.pid),'-o',`/tmp/perf.${n}`], {stdio:'ignore'});
    await new Promise(r=>setTimeout(r,800));
    console.log(n, await load(targets[i]!, 32, {calls: 12000}));
    s.kill('SIGINT'); await new Promise(r=>setTimeout(r,1500));
  }
});
