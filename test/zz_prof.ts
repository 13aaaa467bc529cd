import { openKafkaWriter } from '../src/log/kafka/writer.ts'
import { kafkaAddress } from '../src/log/kafka/address.ts'
const address = kafkaAddress('kafka://127.0.0.1:9092/smoke_'+Date.now())
const settings = { append_queue_bytes_max: 32e6, sync_ms_max: 10000, kafka_partitions: 6, kafka_replication: 0 }
const w = await openKafkaWriter({ address, lane: 'x', settings })
const base='{"record":"event","source":"web","received_at":"2026-01-01T00:00:00.000Z","origin":"browser","event_id":"e0","event_type":"view","event_time":"2026-01-01T00:00:00.000Z","anonymous_id":"v123456","product_id":"p1234","category":"kitchen.kettle","brand":"acme","price":12.5,"page_url":"/product/p1234","device_type":"mobile","session_id":"s12345678"}\n'
const N=600000, B=500
const chunks=[]
for (let i=0;i<200;i++) chunks.push([Buffer.from(Array.from({length:B},(_,j)=>base.replace('"e0"','"e'+(i*B+j)+'"')).join('')), Array.from({length:B},(_,j)=>'v'+(i*B+j)%5000)] as const)
const t = performance.now(); let inflight=0, done=0
await new Promise<void>((res)=>{ let i=0; const next=()=>{ while(inflight<60&&i<N/B){ const [b,k]=chunks[i++%200]!; inflight++; w.append(b,B,k).then(()=>{inflight--;done++; if(done===N/B)res(); else next()}) } }; next() })
console.log('wrote', N/((performance.now()-t)/1000)|0, 'rec/s', (N*base.length/1e6/((performance.now()-t)/1000)).toFixed(0),'MB/s')
await w.close()
