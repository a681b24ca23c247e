import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { pageNonce } from '../../views/page-nonce.ts'
import { codeTheme } from './code-theme.ts'
import type { DocumentProblem } from './mappings-api.ts'

interface CodeEditorProps {
  /** Names it to those who do not see it. */
  readonly label: string
  readonly language: 'yaml' | 'json' | 'text'
  readonly value: string
  /** Left out: it can be read only. */
  readonly onChange?: ((value: string) => void) | undefined
  readonly problems?: readonly DocumentProblem[] | undefined
  /** A line that was asked for, from 1; asked for anew with every new object. */
  readonly goTo?: { readonly line: number } | null | undefined
}

/** A text with line numbers, colors and marks where something is wrong. Tab leaves it, as everywhere on the page. */
export function CodeEditor({ label, language, value, onChange, problems, goTo }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const told = useRef(onChange)
  told.current = onChange
  const isReadOnly = onChange === undefined
  useEffect(() => {
    if (place.current === null) return
    const made = new EditorView({
      parent: place.current,
      extensions: [
        ...extensionsOf(label, language, isReadOnly),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) told.current?.(update.state.doc.toString())
        }),
      ],
    })
    view.current = made
    return () => {
      made.destroy()
      view.current = null
    }
  }, [label, language, isReadOnly])
  useEffect(() => {
    const { current } = view
    if (current === null || current.state.doc.toString() === value) return
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } })
  }, [value, label, language, isReadOnly])
  useEffect(() => {
    const { current } = view
    if (current === null) return
    current.dispatch(setDiagnostics(current.state, diagnosticsOf(current.state, problems ?? [])))
  }, [problems])
  useEffect(() => {
    if (goTo && view.current !== null) goToLine(view.current, goTo.line)
  }, [goTo])
  return <div ref={place} className="code" />
}

const languages: Readonly<Record<CodeEditorProps['language'], () => Extension>> = {
  yaml,
  json,
  text: () => [],
}

function extensionsOf(
  label: string,
  language: CodeEditorProps['language'],
  isReadOnly: boolean,
): Extension[] {
  const editing = isReadOnly
    ? [EditorState.readOnly.of(true)]
    : [history(), indentOnInput(), lintGutter()]
  return [
    EditorView.cspNonce.of(pageNonce()),
    EditorView.contentAttributes.of({ 'aria-label': label }),
    EditorView.lineWrapping,
    lineNumbers(),
    foldGutter(),
    bracketMatching(),
    search(),
    highlightSelectionMatches(),
    keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, ...searchKeymap]),
    languages[language](),
    ...codeTheme,
    ...editing,
  ]
}

function diagnosticsOf(
  { doc }: EditorState,
  problems: readonly DocumentProblem[],
): readonly Diagnostic[] {
  return problems.map(({ line, column, path, message }) => {
    // What was checked may be a line shorter than what is written by now.
    const { from, to } = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines))
    const start = Math.min(from + Math.max((column ?? 1) - 1, 0), to)
    const said = path === '' ? message : `${path}: ${message}`
    return { from: start, to, severity: 'error', message: said }
  })
}

function goToLine(view: EditorView, line: number): void {
  const { from } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines))
  view.dispatch({ selection: { anchor: from }, scrollIntoView: true })
  view.focus()
}
