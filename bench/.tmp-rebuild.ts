import { rmSync } from 'node:fs';
import { LevelStore } from '../src/log/level.ts';
import { rebuildRows, emptyMark } from '../src/replication/rebuild.ts';
import { syntheticFrames } from './synthetic.ts';
const messages = Number(process.argv[2]), users = Number(process.argv[3]);
const dir = '/tmp/vb-rebuild'; rmSync(dir, {recursive:true, force:true});
const store = await LevelStore.open(dir);
let t = performance.now(); let n=0, pos=0, batch: {number:number,bytes:Uint8Array}[]=[];
const flush = async () => { await store.write({entries: batch, rows: [], bookmark: {sequence: n, mark: {...emptyMark, number: n, position: pos, version: 0}}}, {sync:false}); batch=[]; };
for (const f of syntheticFrames({users, messages, eventsPerFrame: 128})) { n=f.number; pos=f.last; batch.push({number:n, bytes:f.bytes}); if (batch.length===32) await flush(); }
await flush(); console.log('made', pos, 'events in', (performance.now()-t)|0, 'ms');
t = performance.now(); let b=0; for await (const {bytes} of store.range(1)) b+=bytes.length; console.log('iterate', Math.round(pos/(performance.now()-t)*1000), 'events/s', b);
const c0=process.cpuUsage(); t = performance.now();
const m = await rebuildRows({store, journal:{notice:()=>{},detail:()=>{}}, sync:false});
const el=performance.now()-t; const c=process.cpuUsage(c0); console.log('rebuild', Math.round(pos/el*1000), 'events/s', el|0,'ms', 'cpu us/event', ((c.user+c.system)/pos).toFixed(1), m.state.slice(0,12), (process.memoryUsage().rss/1e6)|0,'MB');
await store.close();
