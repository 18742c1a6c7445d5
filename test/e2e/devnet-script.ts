/**
 * Trades for real on the cluster it is given: more than ten DCA purchases, then a stop whose price has come. Holds what
 * the runs said and what the journal has against the chain, asked by an ordinary client, and prints a table.
 *
 * `npm run test:devnet -- --wallet devnet.json [--rpc-url URL] [--cluster devnet] [--spend "0.002 SOL"] [--into devUSDC]
 * [--purchases 12] [--interval 5s] [--execution best-route]`. Exits 1 when anything differs. Devnet's money is free;
 * real money is refused.
 */
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Connection } from '@solana/web3.js'
import { textTable } from '../../core/app/commands/text-table.ts'
import { processEnvironment } from '../../core/app/environment.ts'
import { chooseWallet } from '../../core/app/network/wallet-choice.ts'
import type { RunDocument, RunFill } from '../../core/app/run/run-document.ts'
import { openCluster } from '../../core/chain/cluster/cluster.ts'
import { isRealMoney } from '../../core/chain/trader/sender.ts'
import { diskFiles } from '../../core/config/files.ts'
import { formatUnits } from '../../core/money/amount.ts'
import { newHome, ROOT, sniperforge } from './command.ts'
import { differences, signaturesOf } from './journal-against-chain.ts'
import { journalOnDisk } from './journal-on-disk.ts'
import { latestOnChain, walletOnChain } from './wallet-on-chain.ts'

const { values } = parseArgs({
  options: {
    cluster: { type: 'string', default: 'devnet' },
    'rpc-url': { type: 'string' },
    wallet: { type: 'string' },
    spend: { type: 'string', default: '0.002 SOL' },
    into: { type: 'string', default: 'devUSDC' },
    purchases: { type: 'string', default: '12' },
    interval: { type: 'string', default: '5s' },
    execution: { type: 'string', default: 'best-route' },
  },
})
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
/** Above any market: the stop's price has come before it is made. */
const ABOVE = '1000000'

const walletFile = values.wallet === undefined ? undefined : resolve(values.wallet)
const cluster = await openCluster(values.cluster, {
  files: diskFiles,
  directory: join(ROOT, 'configs/clusters'),
  ...(values['rpc-url'] !== undefined && { rpcUrl: values['rpc-url'] }),
})
const connection = new Connection(cluster.rpcUrls[0]!, 'confirmed')
if (isRealMoney(await connection.getGenesisHash())) throw new Error('this is a test: it spends no real money')
const { publicKey: wallet } = chooseWallet({
  cluster: cluster.name,
  walletFile,
  allowExposedWallet: true,
  seed: '1',
  environment: processEnvironment(),
})
const home = newHome()
const dataDir = join(home.path, 'data')
const common = [
  ...[
    '--cluster',
    values.cluster,
    '--data-dir',
    dataDir,
    '--execution',
    values.execution,
    '--json',
    '--exposed-wallet',
  ],
  ...(values['rpc-url'] === undefined ? [] : ['--rpc-url', values['rpc-url']]),
  ...(walletFile === undefined ? [] : ['--wallet', walletFile]),
]

/** Runs a command to its end; its document, also of one that failed. */
async function run(what: string, args: readonly string[]): Promise<RunDocument> {
  say(`${what} …`)
  const { code, stdout, stderr } = await sniperforge(home.path, [...args, ...common])
  if (stderr !== '') say(stderr.trimEnd())
  const document = stdout === '' ? undefined : (JSON.parse(stdout) as RunDocument)
  if (document?.document !== 'run') throw new Error(`${what}: exit code ${code}: ${stdout}`)
  return document
}

const before = await latestOnChain(connection, wallet)
const dca = await run(`${values.purchases} purchases of ${values.into} for ${values.spend} each`, [
  ...['strategy-run', '--type', 'dca', '--config', 'dca.json', '--set', `token=${values.into}`],
  ...['--set', `amount=${values.spend}`, '--set', `interval=${values.interval}`, '--set', `slots=${values.purchases}`],
])
const [, symbol = ''] = values.spend.split(' ')
const stop = await run(`a stop that sells ${values.spend}, its price having come`, [
  ...['order-create', '--type', 'stop-loss', '--token', symbol, '--into', values.into, '--size', values.spend],
  ...['--trigger', ABOVE, '--force'],
])

const runs = [
  ['purchase', dca],
  ['stop', stop],
] as const
const fills = runs.flatMap(([, document]) => document.fills)
const chain = await walletOnChain(connection, wallet, before)
const journal = journalOnDisk(dataDir)
const failedLandings = runs.flatMap(([, document]) => document.failedLandings ?? [])
const problems = differences({ fills, failedLandings, journal, chain })
if (dca.fills.length <= 10) problems.push(`${dca.fills.length} purchases were made, and more than ten are wanted`)
if (stop.fills.length !== 1) problems.push('the stop has not fired')
for (const [what, { orders }] of runs) {
  for (const { state, reason } of orders)
    if (state !== 'filled') problems.push(`a ${what} is ${state}: ${reason?.message}`)
}

const rowOf = (what: string, fill: RunFill): string[] => {
  const amount = ({ amount: units, decimals, symbol: name }: RunFill['input']): string =>
    `${formatUnits(BigInt(units), decimals)} ${name}`
  const { base_lamports, priority_lamports, tip_lamports } = fill.fees
  const fee = BigInt(base_lamports) + BigInt(priority_lamports) + BigInt(tip_lamports)
  const where = signaturesOf(fill).map(signature => cluster.explorerLink(signature) ?? signature)
  const cost = `${formatUnits(fee, 9)} SOL`
  return [
    what,
    fill.time.slice(0, 19),
    amount(fill.input),
    amount(fill.output),
    cost,
    fill.venue,
    String(fill.slot),
    where.join(' '),
  ]
}
say('')
say(
  textTable(
    ['', 'time', 'paid', 'received', 'fee', 'venue', 'slot', 'transaction'],
    runs.flatMap(([what, document]) => document.fills.map(fill => rowOf(what, fill))),
    ['paid', 'received', 'fee', 'slot'],
  ),
)
say('')
for (const problem of problems) say(`differs: ${problem}`)
say(
  `${dca.fills.length} purchases and ${stop.fills.length} stop of ${wallet} on ${cluster.name}: ${journal.length} orders in the journal, ` +
    `${chain.transactions.length} transactions on the chain, ${problems.length === 0 ? 'equal to the unit' : `${problems.length} differences`}`,
)
if (problems.length === 0) home.remove()
else say(`kept in ${dataDir}`)
process.exitCode = problems.length === 0 ? 0 : 1
