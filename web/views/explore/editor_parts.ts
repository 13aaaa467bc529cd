/** What the editor is made of: words to offer, keys, colours of the page, the mark of a mistake. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completeFromList,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { PostgreSQL, sql } from '@codemirror/lang-sql'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, StateEffect, StateField } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { TableInfo } from '../../api/catalogue.ts'

/** One of the page: there is one editor at a time. */
const words = new Compartment()

const setWrong = StateEffect.define<number | undefined>()
const WRONG = Decoration.mark({ class: 'cm-wrong' })
const WRONG_END = Decoration.line({ class: 'cm-wrong-line' })

/** The word at the mistake, until something is written. */
const wrong = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marked, { docChanged, effects, state }) => {
    const told = effects.find((effect) => effect.is(setWrong))
    if (told) return decorate(state, told.value)
    return docChanged ? Decoration.none : marked
  },
  provide: (field) => EditorView.decorations.from(field),
})

function decorate(state: EditorState, at: number | undefined): DecorationSet {
  if (at === undefined || at > state.doc.length) return Decoration.none
  const line = state.doc.lineAt(at)
  const lineMark = WRONG_END.range(line.from)
  const word = /^(\w+|\S)/.exec(line.text.slice(at - line.from))?.[0] ?? ''
  // Past the last word there is none to mark: the line is.
  if (word === '') return Decoration.set([lineMark])
  return Decoration.set([lineMark, WRONG.range(at, at + word.length)])
}

export function markWrong(view: EditorView, at: number | undefined): void {
  view.dispatch({ effects: setWrong.of(at) })
}

/** Tables with their columns, and what functions there are. */
function language(tables: readonly TableInfo[], functions: readonly string[]) {
  const schema = tables.map(({ name, answers, columns }) => ({
    self: { label: name, type: 'type', detail: 'table', info: answers },
    children: columns.map((column) => ({
      ...{ label: column.name, type: 'property', detail: column.type, info: column.about },
    })),
  }))
  const calls = functions.map((name) => ({ label: name, type: 'function', apply: `${name}(` }))
  const own = tables.flatMap(({ columns }) => columns.map(({ name }) => name))
  const columns = [...new Set(own)].map((name) => ({ label: name, type: 'property' }))
  return [
    sql({
      ...{ dialect: PostgreSQL, upperCaseKeywords: true },
      schema: Object.fromEntries(schema.map((table) => [table.self.label, table])),
    }),
    PostgreSQL.language.data.of({ autocomplete: completeFromList(calls) }),
    // Columns come before their table is named: SELECT is written before FROM.
    PostgreSQL.language.data.of({ autocomplete: completeFromList(columns) }),
  ]
}

export function setWords(
  view: EditorView,
  tables: readonly TableInfo[],
  functions: readonly string[],
): void {
  view.dispatch({ effects: words.reconfigure(language(tables, functions)) })
}

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--series-3)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
  { tag: tags.comment, color: 'var(--ink-faint)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--accent)' },
])

const LOOK = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--surface)', fontSize: '14px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', maxHeight: '24rem' },
  '.cm-content': { padding: '0.7rem 0', minHeight: '9rem', caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': {
    ...{ color: 'var(--ink-faint)', backgroundColor: 'var(--surface)', border: '0' },
    paddingRight: '0.3rem',
  },
  '.cm-selectionBackground': { backgroundColor: 'var(--accent-soft)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    ...{ backgroundColor: 'var(--accent-soft)', outline: '0' },
  },
  '.cm-wrong': {
    ...{ backgroundColor: 'var(--bad-soft)', textDecoration: 'underline wavy var(--bad)' },
    textUnderlineOffset: '3px',
  },
  '.cm-wrong-line': { boxShadow: 'inset 3px 0 0 var(--bad)' },
  '.cm-tooltip': {
    ...{ color: 'var(--ink)', backgroundColor: 'var(--surface)', borderRadius: '7px' },
    ...{ border: '1px solid var(--line)', boxShadow: 'var(--shadow-high)' },
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '0.15rem 0.5rem' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    ...{ color: 'var(--accent-ink)', backgroundColor: 'var(--accent)' },
  },
  '.cm-completionDetail': { color: 'inherit', opacity: '0.75' },
  '.cm-completionInfo': { maxWidth: '20rem', padding: '0.5rem 0.7rem', fontFamily: 'var(--font)' },
})

export interface EditorEvents {
  readonly onChange: (text: string) => void
  readonly onRun: (text: string) => void
}

export function openEditor(root: ShadowRoot, text: string, events: EditorEvents): EditorView {
  const run = (view: EditorView): boolean => {
    events.onRun(view.state.doc.toString())
    return true
  }
  const state = EditorState.create({
    doc: text,
    extensions: [
      keymap.of([{ key: 'Mod-Enter', run }]),
      ...[lineNumbers(), highlightSpecialChars(), history(), drawSelection(), bracketMatching()],
      ...[closeBrackets(), autocompletion(), wrong, words.of([])],
      keymap.of([
        ...[...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap],
        indentWithTab,
      ]),
      ...[syntaxHighlighting(COLOURS), LOOK, EditorView.lineWrapping],
      EditorView.contentAttributes.of({ 'aria-label': 'SQL', spellcheck: 'false' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) events.onChange(update.state.doc.toString())
      }),
    ],
  })
  return new EditorView({ state, parent: root, root })
}
