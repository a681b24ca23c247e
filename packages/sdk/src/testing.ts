export { connectorCases, exerciseConnector } from './testing/exercise-connector.ts'
export type { FakeConversation, FakePart } from './testing/fake-peer.ts'
export type { FakeAnswer, FakeRequest, FakeRule } from './testing/fake-system.ts'
export type {
  ConnectorCase,
  DeliverySample,
  ExerciseOptions,
  FeedSample,
  PollSample,
  SampleMessage,
  WebhookSample,
} from './testing/options.ts'
export { createTestDial, noDial, type TestDial } from './testing/test-dial.ts'
export { createTestFetch } from './testing/test-fetch.ts'
