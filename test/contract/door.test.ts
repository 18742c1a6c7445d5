import { expect, test } from 'vitest'

// What the doors export is a promise to plugins: whoever changes a list here changes what others have built on.

test('core/index.ts exports these values', async () => {
  expect(Object.keys(await import('../../core/index.ts')).sort()).toMatchInlineSnapshot(`
    [
      "Atr",
      "AverageCross",
      "BPS",
      "Bollinger",
      "CLOCK_ADDRESS",
      "EVENT_KINDS",
      "Ema",
      "Field",
      "ForgeError",
      "MAX_UNITS",
      "Macd",
      "MovingAverage",
      "PLUGIN_API",
      "PLUGIN_KINDS",
      "PRICE_DECIMALS",
      "PriceGate",
      "RateOfChange",
      "RealisedVolatility",
      "RollingVwap",
      "Rsi",
      "SOL_MINT",
      "SWAP_FIELDS",
      "SessionVwap",
      "Sma",
      "Supertrend",
      "TIP_MIN_LAMPORTS",
      "TIP_PERCENTILES",
      "WilderAverage",
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
