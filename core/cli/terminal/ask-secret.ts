import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Environment } from '../../app/environment.ts'

/** The value of `--wallet` that takes the secret from the terminal, or from standard input when that is piped. */
const FROM_INPUT = '-'

/** The wallet file and environment that a `--wallet` means: with `-` the secret is asked for and goes into no history. */
export async function walletFlags(
  wallet: string | undefined,
  environment: Environment,
): Promise<{ readonly walletFile: string | undefined; readonly environment: Environment }> {
  if (wallet !== FROM_INPUT) return { walletFile: wallet, environment }
  const walletSecret = await askSecret('Secret key (base58) or seed phrase: ')
  return { walletFile: undefined, environment: { ...environment, walletSecret } }
}

/** A line that is not echoed. */
async function askSecret(question: string): Promise<string> {
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = process.stdin.isTTY
  if (terminal) process.stderr.write(question)
  const asking = createInterface({ input: process.stdin, output: silence, terminal })
  try {
    const { value } = await asking[Symbol.asyncIterator]().next()
    return value ?? ''
  } finally {
    asking.close()
    if (terminal) process.stderr.write('\n')
  }
}
