/** Requests that were refused whole: they left no record, and stand beside the ledger. */
import { BarList } from '../../parts/bar_list.tsx'
import { formatCount } from '../../parts/format.ts'
import { Panel } from '../../parts/layout.tsx'
import { Empty } from '../../parts/states.tsx'
import type { Status } from './concerns.tsx'

export function Refused({ status: { refused_requests } }: { readonly status: Status }) {
  const found = Object.entries(refused_requests ?? {}).sort(([, one], [, other]) => other - one)
  return (
    <Panel
      about="Whole, since the collector started; they left no record and are not in the ledger."
      span={1}
      title="Refused requests"
    >
      {refused_requests === null ? (
        <Empty title="Not known">
          The collector could not be asked. This tries again by itself.
        </Empty>
      ) : found.length === 0 ? (
        <Empty title="None was refused" />
      ) : (
        <BarList
          rows={found.map(([code, count]) => ({
            ...{ key: code, name: <code>{code}</code>, value: count, shown: formatCount(count) },
          }))}
        />
      )}
    </Panel>
  )
}
