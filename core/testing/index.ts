/** The test kit for authors of plugins and pipelines: `sniperforge/testing`. */
export { type CheckOptions, type CheckResult, checkPlugin } from './conformance/check-plugin.ts'
export { expectEvents } from './events/expect-events.ts'
export { type PlainEvent, plainEvent } from './events/plain-event.ts'
export { MemoryStates } from './mocks/memory-state.ts'
export type { HttpCall, HttpMock } from './mocks/mock-http.ts'
export { type MockServices, type MockServicesOptions, mockServices } from './mocks/mock-services.ts'
export type { MockTrader, TradeOutcome } from './mocks/mock-trader.ts'
export { testTokens } from './mocks/test-tokens.ts'
export {
  formatTestReports,
  type TestFailure,
  type TestOutcome,
  type TestReport,
  testReportsToJson,
} from './pipeline-test/report.ts'
export { type PipelineTestOptions, runPipelineTests } from './pipeline-test/run-pipeline-tests.ts'
export { pipelineTestSchema } from './pipeline-test/schema.ts'
export { type PluginTrial, type PluginTrialResult, runPlugin } from './run-plugin.ts'
export { sampleEvents } from './sample-events.ts'
export { TEST_START_MS, testClock } from './test-clock.ts'
export { type TestContext, type TestContextOptions, testContext } from './test-context.ts'
