/** The routes of every question: its answer, the people behind a cell, and the SQL. */
import {
  askPeople,
  askQuestion,
  explainQuestion,
  PEOPLE_MAX,
} from '../../present/questions/asking.ts'
import type { Parameter } from '../../present/questions/question.ts'
import type { AnyQuestion } from '../../present/questions/registry.ts'
import { csvOf } from '../csv.ts'
import { list, object, ROW, type Route, type Schema, text } from '../route.ts'

const FORMAT = { type: 'string', enum: ['json', 'csv'], default: 'json' }

function schemaOf({ type, about, choices, min, max, default: fallback }: Parameter): Schema {
  const common = { description: about, ...(fallback === undefined ? {} : { default: fallback }) }
  switch (type) {
    case 'list':
      return {
        ...{ type: 'array', items: { type: 'string' }, description: about },
        ...(fallback === undefined ? {} : { default: [fallback] }),
      }
    case 'choice':
      return { type: 'string', enum: choices, ...common }
    case 'integer':
      return {
        ...{ type: 'integer', description: about },
        ...(fallback === undefined ? {} : { default: Number(fallback) }),
        ...(min === undefined ? {} : { minimum: min }),
        ...(max === undefined ? {} : { maximum: max }),
      }
    default:
      return { type: 'string', ...common }
  }
}

type Which = 'answer' | 'people'

/** Parameters that name a cell are asked with the people alone. */
const queryOf = ({ parameters }: AnyQuestion, which: Which): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    Object.entries(parameters)
      .filter(([, { cell }]) => which === 'people' || !cell)
      .map(([name, parameter]) => [name, schemaOf(parameter)]),
  )

function answerRoute(question: AnyQuestion): Route {
  return {
    method: 'GET',
    path: `/api/${question.name}`,
    summary: question.answers,
    access: 'read',
    query: { ...queryOf(question, 'answer'), format: FORMAT },
    answer: question.answer,
    handle: async (context, { query: { format, ...given } }) => {
      const answer = await askQuestion(question, given, context)
      if (format !== 'csv') return answer
      const rows = question.rows(answer)
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => {
        const isNumber = rows.every((row) => typeof (row[name] ?? 0) === 'number')
        return { name, type: isNumber ? 'double' : 'text' } as const
      })
      return { type: 'text/csv; charset=utf-8', text: csvOf(columns, rows) }
    },
  }
}

function peopleRoute(question: AnyQuestion): Route {
  return {
    method: 'GET',
    path: `/api/${question.name}/people`,
    summary: `The people behind one cell: ${question.answers}`,
    access: 'read',
    query: queryOf(question, 'people'),
    answer: object({
      people: list(ROW, `at most ${PEOPLE_MAX}: person_id, visitor_id and what else names them`),
      truncated: { type: 'boolean', description: 'whether there are more' },
    }),
    handle: (context, { query }) => askPeople(question, query, context),
  }
}

function explainRoute(question: AnyQuestion): Route {
  return {
    method: 'GET',
    path: `/api/${question.name}/explain`,
    summary: `The SQL that answers: ${question.answers}`,
    access: 'read',
    query: queryOf(question, 'answer'),
    answer: object({
      statements: list(
        object({
          sql: text('one statement; `?` stands for a parameter'),
          params: { type: 'array' },
        }),
      ),
    }),
    handle: async ({ settings }, { query }) => ({
      statements: explainQuestion(question, query, settings),
    }),
  }
}

/** Three routes for each question. */
export function questionRoutes(questions: readonly AnyQuestion[]): readonly Route[] {
  return questions.flatMap((each) => [answerRoute(each), peopleRoute(each), explainRoute(each)])
}
