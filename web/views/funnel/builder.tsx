/**
 * Puts a funnel together: steps added, changed, moved and removed, what must not lie between, and
 * how it is counted. All of it with buttons and fields, so that a keyboard does as well as a mouse;
 * who moves or removes a step stays where they were.
 */
import { useEffect, useRef } from 'react'
import { useAnswer } from '../../api/use_answer.ts'
import { formatWord } from '../../parts/format.ts'
import { Icon } from '../../parts/icon.tsx'
import { Panel } from '../../parts/layout.tsx'
import { stepOf, wordOf } from '../../parts/step_words.ts'
import { useFields } from '../../state/address.ts'
import { Counting } from './counting.tsx'
import { FIELDS, STEPS_MAX } from './fields.ts'
import { type StepAct, StepRow } from './step_row.tsx'

const OFFERED_MAX = 10

export function Builder() {
  const [{ steps, order }, change] = useFields(FIELDS)
  const { answer } = useAnswer('/api/values/{column}', { column: 'event_type' })
  const types = answer?.values.map(({ value }) => value) ?? []
  const place = useRef<HTMLDivElement>(null)
  const wanted = useRef<string>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the steps are drawn anew by then
  useEffect(() => {
    const selector = wanted.current
    wanted.current = undefined
    if (!selector) return
    const found = place.current?.querySelectorAll<HTMLElement>(selector) ?? []
    for (const element of found) {
      if (element.matches(':disabled')) continue
      element.focus()
      return
    }
  }, [steps])

  const give = (next: readonly string[], focus?: string) => {
    wanted.current = focus
    // No chain can begin with what may be left out.
    change({ steps: next.map((word, at) => (at === 0 ? required(word) : word)) })
  }
  const act = (at: number, what: StepAct) => {
    if (what.kind === 'change') return give(steps.with(at, what.word))
    if (what.kind === 'remove') {
      const near = Math.min(at, steps.length - 2)
      return give(
        steps.toSpliced(at, 1),
        near < 0 ? 'fieldset.add button' : rowButton(near, 'remove'),
      )
    }
    const to = what.kind === 'up' ? at - 1 : at + 1
    const moved = steps.with(at, steps[to] ?? '').with(to, steps[at] ?? '')
    return give(moved, `${rowButton(to, what.kind)}, [data-step="${to}"] [data-act]`)
  }
  return (
    <Panel about="What people do, in this order" span={1} title="Steps">
      <div className="builder" ref={place}>
        <ol className="steps">
          {steps.map((word, at) => (
            <StepRow
              at={at}
              // biome-ignore lint/suspicious/noArrayIndexKey: two steps may be the same
              key={at}
              last={steps.length - 1}
              mayBeOptional={at > 0 && order !== 'any'}
              onAct={(what) => act(at, what)}
              types={types}
              word={word}
            />
          ))}
        </ol>
        <AddStep
          isFull={steps.length >= STEPS_MAX}
          onAdd={(type) => give([...steps, wordOf({ ...ANY, event_type: type })])}
          types={types.slice(0, OFFERED_MAX)}
        />
        <Counting types={types} />
      </div>
    </Panel>
  )
}

const ANY = { event_type: null, filters: [], need: 'required' } as const

const required = (word: string): string => wordOf({ ...stepOf(word), need: 'required' })
const rowButton = (at: number, act: string) => `[data-step="${at}"] [data-act="${act}"]`

interface AddStepProps {
  readonly types: readonly string[]
  readonly isFull: boolean
  readonly onAdd: (event_type: string | null) => void
}

function AddStep({ types, isFull, onAdd }: AddStepProps) {
  if (isFull) return <p className="note">{`A funnel has at most ${STEPS_MAX} steps.`}</p>
  return (
    <fieldset className="add">
      <legend>Add a step</legend>
      {types.map((type) => (
        <button className="add-button" key={type} onClick={() => onAdd(type)} type="button">
          <Icon name="add" size={13} />
          {formatWord(type)}
        </button>
      ))}
      <button className="add-button" onClick={() => onAdd(null)} type="button">
        <Icon name="add" size={13} />
        any event
      </button>
    </fieldset>
  )
}
