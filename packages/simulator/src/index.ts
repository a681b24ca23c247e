/** The neighborhood of a returns hub, as doubles that speak over HTTP on the loopback address. */
export {
  type RecordedRequest,
  type RecordingSink,
  startRecordingSink,
  type UsualReply,
} from './recording-sink.ts'
export type { FaultMoment, Reply } from './reply.ts'
