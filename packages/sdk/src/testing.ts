export { connectorCases, exerciseConnector } from './testing/exercise-connector.ts'
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
