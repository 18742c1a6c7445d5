import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Quote, QuoteRequest, Token, Venue } from '../../../core/index.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'
import type { JupiterConfig } from '../../../plugins/execution/jupiter/config.ts'
import { createJupiterVenue } from '../../../plugins/execution/jupiter/venue.ts'

const token = (symbol: string, mint: string, decimals: number): Token => ({
  cluster: 'mainnet-beta',
  mint,
  symbol,
  decimals,
  program: 'spl-token',
})
const SOL = token('SOL', 'So11111111111111111111111111111111111111112', 9)
const USDC = token('USDC', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', 6)
const OWNER = '9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM'
const REQUEST: QuoteRequest = {
  input: USDC,
  output: SOL,
  amount: { token: USDC, units: 10_000_000n },
  exact: 'in',
  slippageBps: 50,
}

/** The shape that the API answers, with a field that its client does not know. */
const QUOTE = {
  inputMint: USDC.mint,
  inAmount: '10000000',
  outputMint: SOL.mint,
  outAmount: '66581234',
  otherAmountThreshold: '66248327',
  swapMode: 'ExactIn',
  slippageBps: 50,
  platformFee: null,
  priceImpactPct: '0.0012',
  routePlan: [
    {
      swapInfo: {
        ammKey: 'Czfq3xZZDmsdGdUyrNLtRhGc47cXcZtLG4crryfu44zE',
        label: 'Whirlpool',
        inputMint: USDC.mint,
        outputMint: SOL.mint,
        inAmount: '10000000',
        outAmount: '66581234',
      },
      percent: 100,
      bps: 10_000,
    },
  ],
  contextSlot: 299_283_763,
  timeTaken: 0.0154,
  mostReliableAmmsQuoteReport: { info: {} },
}

const instruction = (programId: string, signer: string, data: Uint8Array = Uint8Array.of(1, 2, 3)): object => ({
  programId,
  accounts: [{ pubkey: signer, isSigner: true, isWritable: true }],
  data: Buffer.from(data).toString('base64'),
})

/** How the program's instructions begin, and on which side of their amounts the route stands. */
const SWAPS = {
  route: ['e517cb977ae3ad2a', 'first'],
  shared_accounts_route: ['c1209b3341d69c8107', 'first'],
  route_v2: ['bb64facc31c4af14', 'last'],
  shared_accounts_route_v2: ['d19853937cfed8e907', 'last'],
  exact_out_route: ['d033ef977b2bed5c', 'first'],
  shared_accounts_exact_out_route: ['b0d169a89a7d453e07', 'first'],
  exact_out_route_v2: ['9d8ab85215f4f324', 'last'],
  shared_accounts_exact_out_route_v2: ['3560e5cad8bbfa1807', 'last'],
} as const
type Swap = keyof typeof SWAPS

/** A swap with a route of one step, as the program takes it. */
function swapOf(kind: Swap, amount: bigint, quoted: bigint, slippageBps: number): Uint8Array {
  const [head, where] = SWAPS[kind]
  const isFirst = where === 'first'
  const amounts = Buffer.alloc(isFirst ? 19 : 22)
  amounts.writeBigUInt64LE(amount, 0)
  amounts.writeBigUInt64LE(quoted, 8)
  amounts.writeUInt16LE(slippageBps, 16)
  const route = Buffer.from([1, 0, 0, 0, 17, 1, isFirst ? 100 : 16, ...(isFirst ? [] : [39]), 0, 1])
  return new Uint8Array(Buffer.concat([Buffer.from(head, 'hex'), ...(isFirst ? [route, amounts] : [amounts, route])]))
}
const SWAP = swapOf('route', 10_000_000n, 66_581_234n, 50)
const swapping = (data: Uint8Array): object => ({
  ...INSTRUCTIONS,
  swapInstruction: instruction('JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4', OWNER, data),
})
const INSTRUCTIONS = {
  otherInstructions: [],
  computeBudgetInstructions: [instruction('ComputeBudget111111111111111111111111111111', OWNER)],
  setupInstructions: [instruction('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL', OWNER)],
  swapInstruction: instruction('JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4', OWNER, SWAP),
  cleanupInstruction: instruction('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA', OWNER),
  addressLookupTableAddresses: ['GxS6FiQ9RbErBaF4YHC3kUZ1nNP3w6WYPNJjGpLyxnFC'],
}

interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: unknown
}

let server: Server
let url: string
let answer: Answer | 'never'
let seen: { url: URL; headers: IncomingMessage['headers']; body: string }[]

beforeEach(async () => {
  seen = []
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    seen.push({ url: new URL(request.url ?? '/', 'http://venue'), headers: request.headers, body })
    if (answer === 'never') return
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/swap/v1`
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function venueWith(config: Partial<JupiterConfig> = {}): Venue {
  const full: JupiterConfig = {
    slippageBps: 50,
    priorityFee: 10_000,
    onlyDirectRoutes: false,
    timeout: '10s',
    concurrency: 4,
    ...config,
  }
  return createJupiterVenue({ url, config: full, http: fetch, clock: createRealClock() })
}

const calm = new AbortController().signal

function quote(request = REQUEST, venue = venueWith()): Promise<Quote | undefined> {
  return venue.quote(request, calm)
}

describe('a quote', () => {
  it('is asked for at the base URL with every digit of the amount, and read to the unit', async () => {
    answer = { body: QUOTE }
    const venue = venueWith({ apiKey: 'a-key', dexes: ['Whirlpool', 'Raydium CLMM'], maxAccounts: 30 })
    expect(await quote(REQUEST, venue)).toEqual({
      venue: 'jupiter',
      input: { token: USDC, units: 10_000_000n },
      output: { token: SOL, units: 66_581_234n },
      threshold: { token: SOL, units: 66_248_327n },
      exact: 'in',
      route: [{ label: 'Whirlpool', pool: 'Czfq3xZZDmsdGdUyrNLtRhGc47cXcZtLG4crryfu44zE' }],
      priceImpactBps: 12,
      slot: 299_283_763,
      raw: QUOTE,
    })
    expect(seen[0]!.url.pathname).toBe('/swap/v1/quote')
    expect(Object.fromEntries(seen[0]!.url.searchParams)).toEqual({
      inputMint: USDC.mint,
      outputMint: SOL.mint,
      amount: '10000000',
      slippageBps: '50',
      swapMode: 'ExactIn',
      onlyDirectRoutes: 'false',
      maxAccounts: '30',
      dexes: 'Whirlpool,Raydium CLMM',
    })
    expect(seen[0]!.headers['x-api-key']).toBe('a-key')
  })

  it('keeps amounts beyond 2^53 exact', async () => {
    const units = 18_446_744_073_709_551_615n
    answer = { body: { ...QUOTE, inAmount: String(units) } }
    const got = await quote({ ...REQUEST, amount: { token: USDC, units } })
    expect(seen[0]!.url.searchParams.get('amount')).toBe('18446744073709551615')
    expect(got?.input.units).toBe(units)
  })

  it('of an exact output bounds the input', async () => {
    answer = { body: { ...QUOTE, swapMode: 'ExactOut', outAmount: '66000000', otherAmountThreshold: '10050000' } }
    const amount = { token: SOL, units: 66_000_000n }
    expect(await quote({ ...REQUEST, amount, exact: 'out' })).toMatchObject({
      threshold: { token: USDC, units: 10_050_000n },
      output: { units: 66_000_000n },
    })
    expect(seen[0]!.url.searchParams.get('swapMode')).toBe('ExactOut')
  })

  it.each([
    ['another input mint', { inputMint: SOL.mint }],
    ['another output mint', { outputMint: USDC.mint }],
    ['another amount', { inAmount: '10000001' }],
    ['another mode', { swapMode: 'ExactOut' }],
    ['a looser slippage', { slippageBps: 500 }],
    ['a threshold below the slippage', { otherAmountThreshold: '66000000' }],
    ['a threshold above the quote', { otherAmountThreshold: '66581235' }],
    ['an amount that is no number of units', { outAmount: '66.5' }],
    ['no route plan', { routePlan: undefined }],
  ])('that answers %s is refused', async (_what, change) => {
    answer = { body: { ...QUOTE, ...change } }
    await expect(quote()).rejects.toMatchObject({ code: 'VENUE_REFUSED' })
  })

  it.each(['COULD_NOT_FIND_ANY_ROUTE', 'NO_ROUTES_FOUND'])('without a route (%s) is none', async errorCode => {
    answer = { status: 400, body: { error: 'no route', errorCode } }
    expect(await quote()).toBeUndefined()
  })
})

describe('what the API can not or will not do', () => {
  it('is unavailability with its wait when it limits the rate', async () => {
    answer = { status: 429, headers: { 'retry-after': '7' }, body: 'Rate limit exceeded' }
    await expect(quote()).rejects.toMatchObject({
      code: 'VENUE_UNAVAILABLE',
      message: 'Jupiter answered 429: Rate limit exceeded',
      context: { status: 429, retryAfter_ms: 7_000 },
    })
  })

  it('is unavailability when its gateway breaks, or nobody listens', async () => {
    answer = { status: 502, body: '<html>\nBad gateway' }
    await expect(quote()).rejects.toMatchObject({ code: 'VENUE_UNAVAILABLE', context: { status: 502 } })
    const venue = venueWith()
    await new Promise(resolve => server.close(resolve))
    await expect(quote(REQUEST, venue)).rejects.toMatchObject({ code: 'VENUE_UNAVAILABLE' })
  })

  it('is unavailability when it does not answer in time', async () => {
    answer = 'never'
    await expect(quote(REQUEST, venueWith({ timeout: '50ms' }))).rejects.toMatchObject({
      code: 'VENUE_UNAVAILABLE',
      message: 'Jupiter did not answer within 50ms',
    })
  })

  it('is unavailability when it answers something that is no JSON', async () => {
    answer = { body: '<html>' }
    await expect(quote()).rejects.toMatchObject({ code: 'VENUE_UNAVAILABLE' })
  })

  it('is a refusal with its code when a token may not be traded', async () => {
    answer = { status: 400, body: { error: 'The token is not tradable', errorCode: 'TOKEN_NOT_TRADABLE' } }
    await expect(quote()).rejects.toMatchObject({
      code: 'VENUE_REFUSED',
      message: 'Jupiter answered 400 TOKEN_NOT_TRADABLE: The token is not tradable',
      context: { code: 'TOKEN_NOT_TRADABLE' },
    })
  })

  it('is a refusal that names the key when the key is wrong', async () => {
    answer = { status: 401, body: { message: 'Unauthorized' } }
    await expect(quote()).rejects.toMatchObject({
      code: 'VENUE_REFUSED',
      remedy: 'The API key is not valid: check apiKey.',
    })
  })

  it('ends with the reason of whoever gave up', async () => {
    answer = 'never'
    const stop = new AbortController()
    const asked = venueWith().quote(REQUEST, stop.signal)
    stop.abort(new Error('shutting down'))
    await expect(asked).rejects.toThrow('shutting down')
  })
})

describe('a plan', () => {
  const quoted = async (): Promise<Quote> => {
    answer = { body: QUOTE }
    const got = await quote()
    if (!got) throw new Error('no quote')
    return got
  }

  it('is setup, swap and cleanup without compute budget, from the very answer that was quoted', async () => {
    const got = await quoted()
    answer = { body: INSTRUCTIONS }
    const plan = await venueWith().plan(got, OWNER, calm)
    expect(plan.instructions.map(({ programId }) => programId)).toEqual([
      'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL',
      'JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4',
      'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA',
    ])
    expect(plan.instructions[1]).toEqual({
      programId: 'JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4',
      accounts: [{ address: OWNER, signer: true, writable: true }],
      data: SWAP,
    })
    expect(plan.lookupTables).toEqual(INSTRUCTIONS.addressLookupTableAddresses)
    expect(seen[1]!.url.pathname).toBe('/swap/v1/swap-instructions')
    expect(JSON.parse(seen[1]!.body)).toMatchObject({
      userPublicKey: OWNER,
      wrapAndUnwrapSol: true,
      quoteResponse: QUOTE,
    })
  })

  it('that wants a stranger to sign is refused', async () => {
    const got = await quoted()
    answer = { body: { ...INSTRUCTIONS, swapInstruction: instruction('JUP6', 'somebody-else') } }
    await expect(venueWith().plan(got, OWNER, calm)).rejects.toMatchObject({ code: 'VENUE_REFUSED' })
  })

  it.each(Object.keys(SWAPS) as Swap[])(
    'by %s is taken when it keeps to the quote, and refused when not',
    async kind => {
      const isOut = kind.includes('exact_out')
      const amount = { token: isOut ? SOL : USDC, units: isOut ? 66_581_234n : 10_000_000n }
      answer = { body: { ...QUOTE, ...(isOut && { swapMode: 'ExactOut', otherAmountThreshold: '10050000' }) } }
      const got = (await quote({ ...REQUEST, amount, exact: isOut ? 'out' : 'in' }))!
      const quoted = isOut ? 10_000_000n : 66_581_234n
      const planned = (units: bigint, quotedUnits: bigint, slippageBps: number): Promise<unknown> => {
        answer = { body: swapping(swapOf(kind, units, quotedUnits, slippageBps)) }
        return venueWith().plan(got, OWNER, calm)
      }
      const refusal = { code: 'VENUE_REFUSED', message: expect.stringMatching(/agreed$/) }
      await expect(planned(amount.units, quoted, 50)).resolves.toMatchObject({ instructions: { length: 3 } })
      await expect(planned(amount.units, quoted, 51)).rejects.toMatchObject(refusal)
      await expect(planned(amount.units, quoted, 65_535)).rejects.toMatchObject(refusal)
      await expect(planned(amount.units, isOut ? quoted * 2n : quoted / 2n, 50)).rejects.toMatchObject(refusal)
      await expect(planned(amount.units + 1n, quoted, 50)).rejects.toMatchObject(refusal)
    },
  )

  it('of another kind of swap, or of one that is cut off, is refused: nothing tells what it may cost', async () => {
    const got = await quoted()
    for (const data of [Uint8Array.of(1, 2, 3), SWAP.subarray(0, 12), swapOf('exact_out_route', 1n, 1n, 50)]) {
      answer = { body: swapping(data) }
      await expect(venueWith().plan(got, OWNER, calm)).rejects.toMatchObject({ code: 'VENUE_REFUSED' })
    }
  })

  it('does without cleanup where the API gives null', async () => {
    const got = await quoted()
    answer = { body: { ...INSTRUCTIONS, cleanupInstruction: null } }
    expect((await venueWith().plan(got, OWNER, calm)).instructions).toHaveLength(2)
  })
})
