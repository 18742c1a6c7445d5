import { readdirSync } from 'node:fs'
import type { Command } from '@oclif/core'
import { packageFile } from '../app/package-root.ts'
import Backtest from './commands/backtest.ts'
import Graph from './commands/graph.ts'
import History from './commands/history.ts'
import Lint from './commands/lint.ts'
import LocalnetClone from './commands/localnet-clone.ts'
import LocalnetStart from './commands/localnet-start.ts'
import OrderCreate from './commands/order-create.ts'
import OrdersCancel from './commands/orders-cancel.ts'
import OrdersList from './commands/orders-list.ts'
import OrdersResume from './commands/orders-resume.ts'
import OrdersShow from './commands/orders-show.ts'
import OrdersWatch from './commands/orders-watch.ts'
import Panic from './commands/panic.ts'
import PerformanceStats from './commands/performance-stats.ts'
import PluginsList from './commands/plugins-list.ts'
import PluginsShow from './commands/plugins-show.ts'
import Positions from './commands/positions.ts'
import Run from './commands/run.ts'
import TestPipelines from './commands/test.ts'
import WalletAirdrop from './commands/wallet-airdrop.ts'
import WalletNew from './commands/wallet-new.ts'
import WalletShow from './commands/wallet-show.ts'
import { prebuiltCommand } from './pipeline-command.ts'

/** Names of the pipelines that ship with the package: each is a command. */
export function prebuiltNames(): string[] {
  return readdirSync(packageFile('pipelines'), { withFileTypes: true })
    .filter(entry => entry.isFile() && /^[^.]+\.yaml$/.test(entry.name))
    .map(entry => entry.name.slice(0, -'.yaml'.length))
    .sort()
}

/** Every command by its id; oclif reads this. A command imports its work when it runs. */
export const COMMANDS: Record<string, Command.Class> = {
  ...Object.fromEntries(prebuiltNames().map(name => [name, prebuiltCommand(name)])),
  backtest: Backtest,
  graph: Graph,
  history: History,
  lint: Lint,
  'localnet:clone': LocalnetClone,
  'localnet:start': LocalnetStart,
  'order-create': OrderCreate,
  'orders:cancel': OrdersCancel,
  'orders:list': OrdersList,
  'orders:resume': OrdersResume,
  'orders:show': OrdersShow,
  'orders:watch': OrdersWatch,
  panic: Panic,
  'performance-stats': PerformanceStats,
  'plugins:list': PluginsList,
  'plugins:show': PluginsShow,
  positions: Positions,
  run: Run,
  test: TestPipelines,
  'wallet:airdrop': WalletAirdrop,
  'wallet:new': WalletNew,
  'wallet:show': WalletShow,
}
