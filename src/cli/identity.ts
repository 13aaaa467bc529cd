/** `clickpath identity`: who a visitor is, shown, linked by hand, and unlinked. */
import { resolve } from 'node:path'
import type { ToldLink } from '../serve/identity_links.ts'
import { quoteText } from '../std/duckdb.ts'
import { ClickpathError } from '../std/errors.ts'
import { askServer, query, serverOf, withProcessor } from './ask.ts'
import { type Context, command, DATA_OPTION } from './command.ts'
import { printRows } from './output.ts'

const USAGE = 'link VISITOR PERSON | unlink VISITOR | show ID'

export const identityCommand = command({
  name: 'identity',
  summary: 'show who a visitor is, link a visitor to a person, undo a link',
  usage: `${USAGE} [--data DIR]`,
  options: { data: DATA_OPTION },
  examples: [
    'clickpath identity show customer-42',
    'clickpath identity unlink cookie-1',
    'clickpath identity link cookie-1 customer-42',
  ],
  run: async (context) => {
    const { arguments: words, options, cwd } = context
    const [what, id, person_id, ...rest] = words
    const due = what === 'link' ? 3 : 2
    const isKnown = what === 'link' || what === 'unlink' || what === 'show'
    if (!isKnown || words.length !== due || rest.length > 0 || id === undefined) {
      throw new ClickpathError('USAGE', `Say one of: clickpath identity ${USAGE}.`)
    }
    const directory = resolve(cwd, options.data)
    if (what === 'show') await show(context, directory, id)
    else tellOutcome(context, await tell(context, directory, id, person_id ?? null))
    return 0
  },
})

/** The visitors who are this person, or the person who this visitor is. */
async function show(context: Context, directory: string, id: string): Promise<void> {
  const { stdout, json } = context
  const given = quoteText(id)
  const { rows } = await query(
    context,
    directory,
    `SELECT visitor_id, identity.person_id AS linked_to, persons.person_id, identity.updated_at
      FROM persons JOIN identity USING (visitor_id)
      WHERE persons.person_id = ${given} OR visitor_id = ${given} ORDER BY visitor_id`,
  )
  if (json || rows.length > 0) printRows(stdout, rows, json ? 'json' : 'table')
  else stdout.write(`Nobody is linked to ${id}, nor is ${id} linked to anybody.\n`)
}

async function tell(
  context: Context,
  directory: string,
  visitor_id: string,
  person_id: string | null,
): Promise<ToldLink> {
  const url = serverOf(directory)
  if (url !== undefined) {
    return (await askServer(url, 'POST', '/api/identity', { visitor_id, person_id })) as ToldLink
  }
  const { IdentityLinks, LINKS_LANE } = await import('../serve/identity_links.ts')
  const { openWriter } = await import('../log/open_log.ts')
  const { settings, clock } = context
  return withProcessor(context, directory, async ({ engine }) => {
    const openLane = () => openWriter({ directory, settings, clock }, LINKS_LANE)
    const links = new IdentityLinks({ engine, clock, openLane })
    try {
      const told = await links.tell(visitor_id, person_id)
      await engine.catchUp()
      return told
    } finally {
      await links.close()
    }
  })
}

function tellOutcome({ stdout, json }: Context, told: ToldLink): void {
  stdout.write(json ? `${JSON.stringify(told)}\n` : `${sentenceOf(told)}\n`)
}

function sentenceOf({ visitor_id, outcome, before, person_id }: ToldLink): string {
  const was = before === null ? '' : `, was ${before}`
  if (outcome === 'linked') return `${visitor_id} is ${person_id} now${was}.`
  if (outcome === 'unlinked') return `${visitor_id} is nobody but itself now${was}.`
  const how = person_id === null ? 'is linked to nobody' : `is ${person_id} already`
  return `${visitor_id} ${how}; nothing was changed.`
}
