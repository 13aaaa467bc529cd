/**
 * How to send events, with what this shop needs filled in; lights up when the first one is there.
 */
import type { Answer } from '../../api/routes.ts'
import { useAnswer } from '../../api/use_answer.ts'
import { Command, Segments } from '../../parts/controls.tsx'
import { Panel, ViewHead } from '../../parts/layout.tsx'
import { Answered } from '../../parts/states.tsx'
import { useFields } from '../../state/address.ts'
import { choice } from '../../state/fields.ts'
import { Arrival } from './arrival.tsx'
import { type Way, waysOf } from './ways.ts'
import './connect.css'

const WAYS = ['curl', 'tag', 'segment', 'import'] as const
const FIELDS = { way: choice(WAYS, 'curl') } as const

export default function Connect() {
  return (
    <>
      <ViewHead
        about="Send a first event: all of this is filled in for this server and works as it stands."
        title="Connect your shop"
      />
      <div className="connect">
        <Arrival />
        <Ways />
      </div>
    </>
  )
}

function Ways() {
  const asking = useAnswer('/api/setup', {})
  return (
    <Answered asking={asking} height={420}>
      {(setup) => <Chosen setup={setup} />}
    </Answered>
  )
}

function Chosen({ setup }: { readonly setup: Answer<'/api/setup'> }) {
  const [{ way }, change] = useFields(FIELDS)
  const { origin, hostname } = location
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
  const ways = waysOf(setup, { origin, isLocal })
  const shown = ways.find(({ name }) => name === way) as Way
  return (
    <Panel
      actions={
        <Segments
          name="How to send"
          onChange={(value) => change({ way: value })}
          options={ways.map(({ name, title }) => ({ value: name as typeof way, title }))}
          value={way}
        />
      }
      title={shown.about}
    >
      <div className="connect-way">
        <Command key={shown.name} line={shown.code} />
        <p className="note">{shown.note}</p>
      </div>
      <div className="connect-more">
        <h3>Only looking around?</h3>
        <Command line={`npx clickpath simulate --url ${origin}${keyOption(setup, isLocal)}`} />
        <p className="note">A simulated shop, whose people browse, hesitate, buy and come back.</p>
      </div>
    </Panel>
  )
}

function keyOption({ write_keys }: Answer<'/api/setup'>, isLocal: boolean): string {
  return isLocal ? '' : ` --key ${write_keys[0]?.key ?? 'WRITE_KEY'}`
}
