import { Configuration, SwapApi } from '@jup-ag/api'
import { type Address, getTransactionDecoder, getTransactionEncoder, type SignatureBytes } from '@solana/kit'
import type { FailedTransactionMetadata, TransactionMetadata } from 'litesvm'
import { associatedTokenAddress } from '../../core/localnet/derived-address.ts'
import { type DerivedKey, derivedKey } from '../../core/localnet/derived-key.ts'
import { createMarket, type Market, walkPath } from '../../core/localnet/market/market.ts'
import type { PricePath } from '../../core/localnet/market/path/price-path.ts'
import { fundToken } from '../../core/localnet/market/token-accounts.ts'
import { LOCAL_TOKENS, type LocalSymbol } from '../../core/localnet/market/tokens.ts'
import { seededRandom } from '../../core/time/random.ts'
import { createVirtualClock, type VirtualClock } from '../../core/time/virtual-clock.ts'
import { BareLedger } from './bare-ledger.ts'

/** A market on a bare ledger, a trader with funds, and the unmodified Jupiter client of that market. */
export class MarketWorld {
  readonly clock: VirtualClock
  readonly ledger: BareLedger
  readonly market: Market
  readonly notices: string[] = []
  readonly trader: DerivedKey = derivedKey('test trader')
  readonly api: SwapApi

  constructor(path: PricePath = walkPath(seededRandom('test'))) {
    this.clock = createVirtualClock({ start_ms: path.start_ms })
    this.ledger = new BareLedger(this.clock)
    this.market = createMarket({ ledger: this.ledger, path, onNotice: text => this.notices.push(text) })
    this.market.genesis()
    this.ledger.setAccount(this.trader.address, {
      lamports: 10n ** 12n,
      owner: '11111111111111111111111111111111',
      data: new Uint8Array(),
      executable: false,
    })
    fundToken(this.ledger, this.trader.address, 'USDC', 10n ** 12n)
    this.api = new SwapApi(
      new Configuration({
        basePath: 'http://market.invalid/swap/v1',
        fetchApi: (input: string | URL | Request, init?: RequestInit) => this.market.handle(new Request(input, init)),
      }),
    )
  }

  /** Signs what `/swap` answered and runs it. */
  execute(
    swapTransaction: string,
    signers: readonly DerivedKey[] = [this.trader],
  ): TransactionMetadata | FailedTransactionMetadata {
    return this.ledger.execute(signWire(swapTransaction, signers))
  }

  account(symbol: LocalSymbol, owner: Address = this.trader.address): Address {
    return associatedTokenAddress(owner, LOCAL_TOKENS[symbol].mint)
  }

  units(symbol: LocalSymbol): bigint {
    return this.ledger.tokenUnits(this.account(symbol))
  }

  lamports(at: Address = this.trader.address): bigint {
    return this.ledger.account(at)?.lamports ?? 0n
  }
}

function signWire(base64: string, signers: readonly DerivedKey[]): Uint8Array {
  const unsigned = getTransactionDecoder().decode(Buffer.from(base64, 'base64'))
  const signatures = { ...unsigned.signatures }
  for (const signer of signers)
    signatures[signer.address] = signer.sign(new Uint8Array(unsigned.messageBytes)) as SignatureBytes
  return new Uint8Array(getTransactionEncoder().encode({ ...unsigned, signatures }))
}
