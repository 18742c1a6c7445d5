import { AccountRole, type Address, address, createNoopSigner, type Instruction } from '@solana/kit'
import { getCreateAccountInstruction } from '@solana-program/system'
import { FailedTransactionMetadata } from 'litesvm'
import { expect, it } from 'vitest'
import { BareLedger } from '../../../test/localnet/bare-ledger.ts'
import { createVirtualClock } from '../../time/virtual-clock.ts'
import { programDerivedAddress } from '../derived-address.ts'
import { type DerivedKey, derivedKey } from '../derived-key.ts'
import { signTransaction } from '../sign-transaction.ts'
import { swapExactInInstruction } from './instructions.ts'
import { swapProgramElf } from './swap-program.ts'

const LOADER = address('BPFLoaderUpgradeab1e11111111111111111111111')
const RENT = address('SysvarRent111111111111111111111111111111111')
const CLOCK = address('SysvarC1ock11111111111111111111111111111111')
const SYSTEM = address('11111111111111111111111111111111')
const BUFFER_HEADER = 37
const PROGRAM_SIZE = 36
const CHUNK = 900

/** A loader instruction: u32 tag, then its fields. Source: solana-loader-v3-interface, `UpgradeableLoaderInstruction`. */
function loader(tag: number, fields: Uint8Array, accounts: [Address, AccountRole][]): Instruction {
  const data = new Uint8Array(4 + fields.length)
  new DataView(data.buffer).setUint32(0, tag, true)
  data.set(fields, 4)
  return { programAddress: LOADER, accounts: accounts.map(([at, role]) => ({ address: at, role })), data }
}

it('deploys by ordinary transactions of the upgradeable loader, which verifies more than LiteSVM does', () => {
  const ledger = new BareLedger(createVirtualClock({ start_ms: 0 }))
  const [payer, buffer, program] = ['deployer', 'buffer', 'deployed program'].map(label =>
    derivedKey(`test ${label}`),
  ) as [DerivedKey, DerivedKey, DerivedKey]
  ledger.setAccount(payer.address, { lamports: 10n ** 11n, owner: SYSTEM, data: new Uint8Array(), executable: false })
  const send = (instructions: Instruction[], ...more: DerivedKey[]): void => {
    const lifetime = { blockhash: ledger.latestBlockhash(), lastValidBlockHeight: 0n }
    const result = ledger.execute(signTransaction(instructions, [payer, ...more], lifetime))
    if (result instanceof FailedTransactionMetadata) throw new Error(result.meta().prettyLogs() + result.toString())
  }
  const create = (account: DerivedKey, space: number): Instruction =>
    getCreateAccountInstruction({
      payer: createNoopSigner(payer.address),
      newAccount: createNoopSigner(account.address),
      lamports: ledger.svm.minimumBalanceForRentExemption(BigInt(space)),
      space,
      programAddress: LOADER,
    })
  const elf = swapProgramElf()

  const initialize = loader(0, new Uint8Array(), [
    [buffer.address, AccountRole.WRITABLE],
    [payer.address, AccountRole.READONLY],
  ])
  send([create(buffer, BUFFER_HEADER + elf.length), initialize], buffer)
  for (let offset = 0; offset < elf.length; offset += CHUNK) {
    const chunk = elf.subarray(offset, offset + CHUNK)
    const fields = new Uint8Array(12 + chunk.length)
    const view = new DataView(fields.buffer)
    view.setUint32(0, offset, true)
    view.setBigUint64(4, BigInt(chunk.length), true)
    fields.set(chunk, 12)
    send([
      loader(1, fields, [
        [buffer.address, AccountRole.WRITABLE],
        [payer.address, AccountRole.READONLY_SIGNER],
      ]),
    ])
  }
  const programData = programDerivedAddress(LOADER, [program.keypair.subarray(32)]).address
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(elf.length), true)
  const deploy = loader(2, length, [
    [payer.address, AccountRole.WRITABLE_SIGNER],
    [programData, AccountRole.WRITABLE],
    [program.address, AccountRole.WRITABLE],
    [buffer.address, AccountRole.WRITABLE],
    [RENT, AccountRole.READONLY],
    [CLOCK, AccountRole.READONLY],
    [SYSTEM, AccountRole.READONLY],
    [payer.address, AccountRole.READONLY_SIGNER],
  ])
  send([create(program, PROGRAM_SIZE), deploy], program)
  expect(ledger.account(program.address)).toMatchObject({ executable: true, owner: LOADER })

  ledger.svm.warpToSlot(BigInt(ledger.slot() + 2))
  const call = swapExactInInstruction(
    { user: payer.address, source: payer.address, destination: payer.address, hops: [] },
    { amountIn: 1n, minimumOut: 1n },
    program.address,
  )
  expect(() => send([call])).toThrow(/custom program error: 0x1772/)
})
