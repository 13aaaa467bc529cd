/** The view Explore: the tables there are, rows of one, or SQL over all of them. */
import { Suspense } from 'react'
import { lazyChunk } from '../../parts/chunk.ts'
import { Waiting } from '../../parts/states.tsx'
import { useAddress } from '../../state/address.ts'
import { SQL } from './places.tsx'
import { TableList } from './table_list.tsx'
import './explore.css'

const OneTable = lazyChunk(() => import('./one_table.tsx'))
const SqlDesk = lazyChunk(() => import('./sql_desk.tsx'))

export default function Explore() {
  const [name] = useAddress().rest
  if (name === undefined) return <TableList />
  return (
    <Suspense fallback={<Waiting height={500} />}>
      {name === SQL ? <SqlDesk /> : <OneTable key={name} name={name} />}
    </Suspense>
  )
}
