import { ForgeError, type Instruction, type Quote, type QuoteRequest } from '../../../core/index.ts'
import { JUPITER_PROGRAM, routeBounds } from './route-bounds.ts'

/** The fields of a quote that are read; the whole answer goes back to the API as it came. */
interface QuoteAnswer {
  readonly inputMint: string
  readonly outputMint: string
  readonly inAmount: string
  readonly outAmount: string
  readonly otherAmountThreshold: string
  readonly swapMode: string
  readonly slippageBps: number
  readonly priceImpactPct?: string
  readonly contextSlot?: number
  readonly routePlan: readonly { readonly swapInfo: { readonly ammKey: string; readonly label?: string } }[]
}

interface InstructionAnswer {
  readonly programId: string
  readonly accounts: readonly { readonly pubkey: string; readonly isSigner: boolean; readonly isWritable: boolean }[]
  readonly data: string
}

interface InstructionsAnswer {
  readonly setupInstructions?: readonly InstructionAnswer[]
  readonly swapInstruction: InstructionAnswer
  readonly cleanupInstruction?: InstructionAnswer | null
  readonly otherInstructions?: readonly InstructionAnswer[]
  readonly addressLookupTableAddresses?: readonly string[]
}

/**
 * A quote from the API's answer, after checking that it answers what was asked: same mints, same amount, and a
 * threshold no looser than the slippage allows.
 *
 * @throws VENUE_REFUSED
 */
export function readQuote(venue: string, request: QuoteRequest, raw: unknown): Quote {
  const answer = shaped<QuoteAnswer>(raw, 'quote', [
    'inputMint',
    'outputMint',
    'inAmount',
    'outAmount',
    'otherAmountThreshold',
    'swapMode',
    'routePlan',
  ])
  const exactIn = request.exact === 'in'
  const [inUnits, outUnits, threshold] = [answer.inAmount, answer.outAmount, answer.otherAmountThreshold].map(units)
  same('inputMint', answer.inputMint, request.input.mint)
  same('outputMint', answer.outputMint, request.output.mint)
  same('swapMode', answer.swapMode, exactIn ? 'ExactIn' : 'ExactOut')
  same(exactIn ? 'inAmount' : 'outAmount', String(exactIn ? inUnits : outUnits), String(request.amount.units))
  if (answer.slippageBps !== undefined) same('slippageBps', String(answer.slippageBps), String(request.slippageBps))
  checkThreshold(request, exactIn ? outUnits! : inUnits!, threshold!)
  // The API calls it a percentage and gives a fraction: 0.0012 is 12 bps.
  const impactBps = Math.round(Number(answer.priceImpactPct) * 1_000_000) / 100
  return {
    venue,
    input: { token: request.input, units: inUnits! },
    output: { token: request.output, units: outUnits! },
    threshold: { token: exactIn ? request.output : request.input, units: threshold! },
    exact: request.exact,
    route: answer.routePlan.map(({ swapInfo }) => ({ label: swapInfo.label ?? 'unknown', pool: swapInfo.ammKey })),
    ...(Number.isFinite(impactBps) && { priceImpactBps: impactBps }),
    ...(answer.contextSlot !== undefined && { slot: answer.contextSlot }),
    raw,
  }
}

/**
 * The instructions to run, in order, without compute budget, which the trader sets.
 *
 * @throws VENUE_REFUSED when one wants another signer than the wallet, or the swap may cost more than the quote allows.
 */
export function readInstructions(
  raw: unknown,
  owner: string,
  quote: Quote,
): { instructions: Instruction[]; lookupTables: string[] } {
  const answer = shaped<InstructionsAnswer>(raw, 'swap-instructions', ['swapInstruction'])
  checkBounds(answer.swapInstruction, quote)
  const all = [
    ...(answer.otherInstructions ?? []),
    ...(answer.setupInstructions ?? []),
    answer.swapInstruction,
    ...(answer.cleanupInstruction ? [answer.cleanupInstruction] : []),
  ]
  for (const { accounts, programId } of all) {
    const stranger = accounts.find(account => account.isSigner && account.pubkey !== owner)
    if (stranger) throw refused(`an instruction of ${programId} wants the signature of ${stranger.pubkey}`)
  }
  return {
    instructions: all.map(({ programId, accounts, data }) => ({
      programId,
      accounts: accounts.map(({ pubkey, isSigner, isWritable }) => ({
        address: pubkey,
        signer: isSigner,
        writable: isWritable,
      })),
      data: new Uint8Array(Buffer.from(data, 'base64')),
    })),
    lookupTables: [...(answer.addressLookupTableAddresses ?? [])],
  }
}

/**
 * What holds on chain is the instruction: a simulation shows what it would give now, and not how much less it would put up
 * with when somebody trades just before it.
 */
function checkBounds({ programId, data }: InstructionAnswer, { exact, input, output, threshold }: Quote): void {
  if (programId !== JUPITER_PROGRAM) return
  const bounds = routeBounds(new Uint8Array(Buffer.from(data, 'base64')))
  if (!bounds) throw refused('its swap is of a kind that is not known here, so that nothing tells what it may cost')
  const { units } = exact === 'in' ? input : output
  if (bounds.exact !== exact || bounds.amount !== units)
    throw refused(`its swap is of exactly ${bounds.amount} units ${bounds.exact}, and ${units} ${exact} were agreed`)
  const isLoose = exact === 'in' ? bounds.limit < threshold.units - 1n : bounds.limit > threshold.units + 1n
  if (isLoose) throw refused(`its swap would put up with ${bounds.limit} units where ${threshold.units} were agreed`)
}

/** One unit of leeway: the API may round either way. */
function checkThreshold(request: QuoteRequest, quoted: bigint, threshold: bigint): void {
  const bps = BigInt(request.slippageBps)
  const loose =
    request.exact === 'in'
      ? threshold < (quoted * (10_000n - bps)) / 10_000n - 1n || threshold > quoted
      : threshold > (quoted * (10_000n + bps)) / 10_000n + 1n || threshold < quoted
  if (loose) throw refused(`its threshold ${threshold} does not fit ${quoted} with ${bps} bps of slippage`)
}

function shaped<Answer>(raw: unknown, what: string, fields: readonly (keyof Answer & string)[]): Answer {
  const answer = raw as Answer | null
  const missing =
    typeof answer === 'object' && answer !== null ? fields.find(field => answer[field] == null) : fields[0]
  if (missing !== undefined) throw refused(`its answer to ${what} has no ${missing}`)
  return answer as Answer
}

function units(text: unknown): bigint {
  if (typeof text === 'string' && /^\d{1,20}$/.test(text)) return BigInt(text)
  throw refused(`it answered ${JSON.stringify(text)} where base units belong`)
}

function same(field: string, answered: string, asked: string): void {
  if (answered !== asked) throw refused(`it was asked for ${field} ${asked} and answered ${answered}`)
}

function refused(problem: string): ForgeError {
  return new ForgeError('VENUE_REFUSED', {
    message: `Jupiter: ${problem}`,
    remedy: 'Nothing was sent. Check the URL of the API; if it is right, try another venue.',
  })
}
