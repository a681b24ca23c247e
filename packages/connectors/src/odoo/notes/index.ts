export { recordNote } from './record-note.ts'
