import { withTargets } from './relay/relay.ts';
import { load } from './relay/load.ts';
await withTargets(async ({targets}) => {
  for (let r=0;r<2;r++) for (const t of targets.slice(1)) { for (const c of [1,32]) console.log(t.name, c, await load(t, c, {calls: 4000})); }
});
