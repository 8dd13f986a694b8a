import { GuestClient, UserClient } from '../src/client/client.ts';
import { natsLink } from '../src/client/nats-link.ts';
import { systemClock as clock } from '../src/system/clock.ts';
import { systemRandom as random } from '../src/system/random.ts';
import { startCluster, temporaryFolder, removeFolder } from './cluster.ts';
import { Operator } from '../src/operator/operator.ts';
import { readSecrets } from '../src/cluster/secrets.ts';
const data = await temporaryFolder(); const c = await startCluster(data);
const options = { clock, random, link: natsLink([c.url]) };
const g = new GuestClient(options); await g.line.ready(10000);
await g.register('alice','correct horse'); await g.register('bob','correct horse');
const ia = await g.logIn('alice','correct horse'); const ib = await g.logIn('bob','correct horse'); await g.close();
const a = new UserClient(options, ia); await a.line.ready(10000);
const b = new UserClient(options, ib); await b.line.ready(10000);
const got: number[] = []; await b.follow((i) => void got.push(Number(i.text)));
let n = 0, stop = false; const acked: number[] = []; let lastAck = performance.now();
const worker = async () => { while (!stop) { const k = n++; await a.send('bob', String(k)); acked.push(k); lastAck = performance.now(); } };
const ws = Array.from({length: 8}, worker);
const op = await Operator.connect([c.url], (await readSecrets(data)).operatorPassword);
for (let i = 0; i < 10; i++) {
  await new Promise(r => setTimeout(r, 2500));
  const st = await op.status(1000, 3); const l = st.find(s => s.role === 'leader');
  if (!l) { console.log('no leader', st.map(s=>s.state)); continue; }
  const before = acked.length; process.kill(l.pid, 'SIGKILL'); const t = performance.now();
  while (lastAck < t + 20) await new Promise(r => setTimeout(r, 2));
  console.log('kill', l.node, 'gap ms', Math.round(lastAck - t), 'nodes', st.length, 'acked', before);
}
stop = true; await Promise.all(ws); 
const t = performance.now(); while (got.length < acked.length && performance.now() - t < 5000) await new Promise(r => setTimeout(r, 20));
console.log('acked', acked.length, 'delivered', got.length, 'dups', got.length - new Set(got).size, 'missing', acked.filter(x => !got.includes(x)).length, 'in order', got.every((x,i)=> i===0 || x>got[i-1]!));
await new Promise(r => setTimeout(r, 1500)); console.log((await op.status(1000,3)).map(s=>[s.node,s.role,s.position,s.state_hash.slice(0,8)].join(' ')));
await op.close(); await a.close(); await b.close(); await c.stop(); await removeFolder(data);
