import { yaml } from '@codemirror/lang-yaml'
import { MergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { pageNonce } from '../../views/page-nonce.ts'
import { codeTheme } from './code-theme.ts'

interface Side {
  readonly label: string
  readonly text: string
}

/** Two texts side by side, with what differs marked, and what does not folded away. */
export function DiffView({ before, after }: { readonly before: Side; readonly after: Side }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (place.current === null) return
    const view = new MergeView({
      parent: place.current,
      a: sideOf(before.label, before.text),
      b: sideOf(after.label, after.text),
      collapseUnchanged: { margin: 3, minSize: 6 },
      highlightChanges: true,
    })
    return () => view.destroy()
  }, [before.label, before.text, after.label, after.text])
  return <div ref={place} className="code-diff" />
}

function sideOf(label: string, doc: string) {
  return {
    doc,
    extensions: [
      EditorView.cspNonce.of(pageNonce()),
      EditorView.contentAttributes.of({ 'aria-label': label }),
      EditorState.readOnly.of(true),
      EditorView.lineWrapping,
      lineNumbers(),
      yaml(),
      ...codeTheme,
    ],
  }
}
