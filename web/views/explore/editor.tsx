/**
 * The editor of SQL: its own chunk. It stands in a shadow root, since the page's policy allows no
 * style that a script writes into the document; there the editor takes sheets that it may make.
 */
import type { EditorView } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import type { TableInfo } from '../../api/catalogue.ts'
import { markWrong, openEditor, setWords } from './editor_parts.ts'

interface EditorProps {
  /** What is put into it, whenever it is another object; what is written since stays otherwise. */
  readonly given: { readonly text: string }
  readonly tables: readonly TableInfo[]
  readonly functions: readonly string[]
  /** The character that is wrong. */
  readonly wrong_at: number | undefined
  readonly onChange: (text: string) => void
  readonly onRun: (text: string) => void
}

export default function Editor(props: EditorProps) {
  const { given, tables, functions, wrong_at } = props
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    const host = place.current
    if (!host) return
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
    const opened = openEditor(root, latest.current.given.text, {
      onChange: (changed) => latest.current.onChange(changed),
      onRun: (written) => latest.current.onRun(written),
    })
    view.current = opened
    return () => {
      view.current = undefined
      opened.destroy()
    }
  }, [])

  useEffect(() => {
    if (view.current) setWords(view.current, tables, functions)
  }, [tables, functions])

  useEffect(() => {
    const opened = view.current
    if (!opened || opened.state.doc.toString() === given.text) return
    opened.dispatch({ changes: { from: 0, to: opened.state.doc.length, insert: given.text } })
  }, [given])

  useEffect(() => {
    if (view.current) markWrong(view.current, wrong_at)
  }, [wrong_at])

  return <div className="editor" ref={place} />
}
