import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** Colors stand in `styles.css`, for light and dark. */
const highlight = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], class: 'code-key' },
  { tag: [tags.string, tags.special(tags.string)], class: 'code-text' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], class: 'code-value' },
  { tag: [tags.comment, tags.lineComment], class: 'code-comment' },
  { tag: [tags.keyword, tags.meta, tags.typeName], class: 'code-value' },
])

const look = EditorView.theme({
  '&': {
    height: '100%',
    fontSize: 'var(--mantine-font-size-xs)',
    backgroundColor: 'var(--mantine-color-body)',
    color: 'var(--mantine-color-text)',
    border: '1px solid var(--mantine-color-default-border)',
  },
  '&.cm-focused': {
    outline: '2px solid var(--mantine-primary-color-filled)',
    outlineOffset: '-1px',
  },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-gutters': {
    backgroundColor: 'var(--mantine-color-default-hover)',
    color: 'var(--mantine-color-text)',
    border: 'none',
  },
  '.cm-activeLineGutter, .cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-tooltip': {
    backgroundColor: 'var(--mantine-color-body)',
    color: 'var(--mantine-color-text)',
    border: '1px solid var(--mantine-color-default-border)',
  },
})

export const codeTheme = [look, syntaxHighlighting(highlight)]
