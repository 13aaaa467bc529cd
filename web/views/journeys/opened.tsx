/** One step of the diagram: who was there, and the ways before and after it. */
import { Dialog } from '../../parts/dialog.tsx'
import { formatCount, formatShare } from '../../parts/format.ts'
import { PeopleList } from '../../parts/people.tsx'
import { useFields } from '../../state/address.ts'
import { FIELDS, type PathNode, sayNode, stepAt } from './fields.ts'

interface OpenedProps {
  readonly node: PathNode
  readonly onClose: () => void
}

export function Opened({ node, onClose }: OpenedProps) {
  const [{ by }, change] = useFields(FIELDS)
  const { position, sessions, share, people, kind } = node
  const said = sayNode(by, node)
  const word = node.node === null ? '' : stepAt(by, node.node)
  const choose = (chosen: { readonly start: string; readonly end: string }) => {
    change(chosen)
    onClose()
  }
  const many = `${formatCount(sessions)} sessions, ${formatShare(share)} of all shown`
  const about = `Step ${position}: ${many}`
  return (
    <Dialog about={about} onClose={onClose} title={said}>
      {kind === 'step' && (
        <p className="opened-ways">
          <button className="button" onClick={() => choose({ start: word, end: '' })} type="button">
            What follows {said}
          </button>
          <button className="button" onClick={() => choose({ start: '', end: word })} type="button">
            What leads to {said}
          </button>
        </p>
      )}
      <PeopleList about={`${said} at step ${position}`} path={people} />
    </Dialog>
  )
}
