import { expect, test } from 'vitest'

// What the doors export is a promise to plugins: whoever changes a list here changes what others have built on.

test('core/index.ts exports these values', async () => {
  expect(Object.keys(await import('../../core/index.ts')).sort()).toMatchInlineSnapshot(`
    [
      "BPS",
      "CLOCK_ADDRESS",
      "EVENT_KINDS",
      "Field",
      "ForgeError",
      "MAX_UNITS",
      "PLUGIN_API",
      "PLUGIN_KINDS",
      "PRICE_DECIMALS",
      "PriceGate",
      "SOL_MINT",
      "SWAP_FIELDS",
      "TIP_MIN_LAMPORTS",
      "TIP_PERCENTILES",
      "addAmounts",
      "amountOf",
      "assertSameToken",
      "bpsOf",
      "definePlugin",
      "formatAmount",
      "formatDuration",
      "formatPrice",
      "formatUnits",
      "instructionsAroundSwap",
      "isFinal",
      "isForgeError",
      "messageOf",
      "mulDiv",
      "pairName",
      "parseAmount",
      "parseDuration",
      "parsePrice",
      "parseUnits",
      "priceFromNumber",
      "priceImpactBps",
      "priceOf",
      "priceToNumber",
      "readChainTime",
      "sameToken",
      "slippageThreshold",
      "subtractAmounts",
      "swapExecution",
      "valueAt",
    ]
  `)
})

test('sniperforge/testing exports these values', async () => {
  expect(Object.keys(await import('../../core/testing/index.ts')).sort()).toMatchInlineSnapshot(`
    [
      "MemoryStates",
      "TEST_START_MS",
      "checkPlugin",
      "expectEvents",
      "formatTestReports",
      "mockServices",
      "pipelineTestSchema",
      "plainEvent",
      "runPipelineTests",
      "runPlugin",
      "sampleEvents",
      "testClock",
      "testContext",
      "testReportsToJson",
      "testTokens",
    ]
  `)
})
