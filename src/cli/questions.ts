/**
 * One command for each question: `clickpath funnel view cart purchase`. Asked of the server that
 * runs on the data folder, else of the folder itself.
 */
import { resolve } from 'node:path'
import {
  askPeople,
  askQuestion,
  explainQuestion,
  type People,
} from '../present/questions/asking.ts'
import type { Given } from '../present/questions/parameters.ts'
import type { Parameter } from '../present/questions/question.ts'
import { type AnyQuestion, questionsOf } from '../present/questions/registry.ts'
import { ClickpathError } from '../std/errors.ts'
import { optionOf } from './arguments.ts'
import { askServer, serverOf, withProcessor } from './ask.ts'
import { type Command, type Context, command, DATA_OPTION, type Options } from './command.ts'
import { printRows, rowFormatOf } from './output.ts'

const OWN_OPTIONS = {
  data: DATA_OPTION,
  format: {
    type: 'string',
    value: 'WORD',
    default: 'table',
    about: 'How the answer is printed: table, json (all of it) or csv.',
  },
  people: { type: 'boolean', about: 'Print the people behind one cell of the answer instead.' },
  explain: { type: 'boolean', about: 'Print the SQL and its parameters instead; runs nothing.' },
} as const satisfies Options

const VALUES: Readonly<Record<Parameter['type'], string>> = {
  text: 'TEXT',
  choice: 'WORD',
  list: 'WORDS',
  time: 'TIME',
  duration: 'DURATION',
  integer: 'NUMBER',
}

function aboutOf({ about, choices, cell }: Parameter): string {
  const words = choices ? ` One of: ${choices.join(', ')}.` : ''
  return `${cell ? 'With --people: ' : ''}${about}${words}`
}

function optionsOf({ parameters }: AnyQuestion): Options {
  const named = Object.entries(parameters).filter(([, { positional }]) => !positional)
  const options = named.map(([name, parameter]) => {
    const { type, default: fallback } = parameter
    const option = { type: 'string', value: VALUES[type], about: aboutOf(parameter) } as const
    const multiple = type === 'list' ? ({ multiple: true } as const) : {}
    // A list has no default here: what is given would be added to it.
    const known = fallback === undefined || type === 'list' ? {} : { default: fallback }
    return [optionOf(name), { ...option, ...multiple, ...known }]
  })
  return { ...Object.fromEntries(options), ...OWN_OPTIONS }
}

function givenOf(question: AnyQuestion, { arguments: words, options }: Context): Given {
  const given = Object.keys(question.parameters).map((name) => {
    if (!question.parameters[name]?.positional) return [name, options[optionOf(name)]]
    return [name, question.parameters[name]?.type === 'list' ? words : words.join(' ')]
  })
  const takesWords = Object.values(question.parameters).some(({ positional }) => positional)
  if (words.length > 0 && !takesWords) {
    throw new ClickpathError('USAGE', `${question.name} takes options only, not "${words[0]}".`)
  }
  return Object.fromEntries(given)
}

function pathOf({ name, parameters }: AnyQuestion, given: Given, part: '' | '/people'): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(given)) {
    if (part === '' && parameters[key]?.cell) continue
    for (const word of Array.isArray(value) ? value : [value]) {
      if (word !== undefined && word !== '') query.append(key, String(word))
    }
  }
  return `/api/${name}${part}?${query}`
}

/** The answer, or the people behind a cell: from a running server, or from the folder itself. */
async function ask(question: AnyQuestion, given: Given, context: Context): Promise<object> {
  const part = context.options.people ? '/people' : ''
  const directory = resolve(context.cwd, String(context.options.data))
  const url = serverOf(directory)
  if (url !== undefined) {
    await askServer(url, 'POST', '/api/flush')
    return (await askServer(url, 'GET', pathOf(question, given, part))) as object
  }
  const { settings, clock } = context
  return withProcessor(context, directory, ({ engine }) => {
    const asking = { engine, settings, clock }
    return part === '' ? askQuestion(question, given, asking) : askPeople(question, given, asking)
  })
}

function named(context: Context, name: string): AnyQuestion {
  const found = questionsOf(context.config).find((question) => question.name === name)
  if (found) return found
  throw new ClickpathError('USAGE', `There is no question ${name}.`)
}

function commandOf(known: AnyQuestion): Command {
  const words = Object.entries(known.parameters).find(([, { positional }]) => positional)
  return command({
    name: known.name,
    summary: known.answers,
    usage: `${words ? `${words[0].toUpperCase()}... ` : ''}[--data DIR] [--format table|json|csv]`,
    options: optionsOf(known),
    examples: known.examples,
    run: async (context) => {
      const { options, stdout, stderr, json, settings } = context
      const format = json ? 'json' : rowFormatOf(String(options.format))
      // Asked anew: a user's config may declare more than what help tells of.
      const question = named(context, known.name)
      const given = givenOf(question, context)
      if (options.explain) {
        const statements = explainQuestion(question, given, settings)
        if (format === 'json') stdout.write(`${JSON.stringify({ statements })}\n`)
        for (const { sql, params } of format === 'json' ? [] : statements) {
          stdout.write(`${sql};\n-- parameters: ${JSON.stringify(params)}\n\n`)
        }
        return 0
      }
      const answer = await ask(question, given, context)
      if (format === 'json') stdout.write(`${JSON.stringify(answer)}\n`)
      else {
        const { people = [], truncated } = answer as Partial<People>
        printRows(stdout, options.people ? people : question.rows(answer), format)
        if (options.people && truncated) stderr.write(`Cut at ${people.length} people.\n`)
      }
      return 0
    },
  })
}

/** The commands of all questions, by name. */
export function questionCommands(): Readonly<Record<string, Command>> {
  return Object.fromEntries(questionsOf().map((question) => [question.name, commandOf(question)]))
}
