import { readFileSync } from 'node:fs';
import { startCluster, temporaryFolder, removeFolder } from './cluster.ts';
const data = await temporaryFolder(); const c = await startCluster(data);
const cpu = () => Object.fromEntries([...c.pids].map(([id,pid]) => { const f = readFileSync(`/proc/${pid}/stat`,'utf8').split(') ')[1]!.split(' '); return [id, (Number(f[11])+Number(f[12]))*10]; }));
await new Promise(r=>setTimeout(r,1000)); const b = cpu(); await new Promise(r=>setTimeout(r,5000)); const a=cpu(); for (const id in b) console.log(id, (a[id]!-b[id]!)/5, 'ms cpu per s idle');
await c.stop(); await removeFolder(data);
