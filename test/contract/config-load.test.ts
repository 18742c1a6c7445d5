import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { BoundPipeline } from '../../core/config/bound-pipeline.ts'
import { formatDiagnostic } from '../../core/config/diagnostic.ts'
import { memoryFiles } from '../../core/config/files.ts'
import { type LoadOptions, type LoadResult, loadPipeline } from '../../core/config/load.ts'
import { ForgeError } from '../../core/errors/forge-error.ts'
import { TEST_TOKENS } from './config/tokens.ts'
import { registryOf, TOYS } from './config/toys.ts'

type Files = Readonly<Record<string, string>>

/** The pipeline, which must be right. */
async function load(files: Files, options: Partial<LoadOptions> = {}): Promise<BoundPipeline> {
  const { pipeline, diagnostics } = await attempt(files, options)
  expect(diagnostics.map(formatDiagnostic)).toEqual([])
  if (!pipeline) throw new Error('there are no diagnostics and no pipeline')
  return pipeline
}

function attempt(files: Files, options: Partial<LoadOptions>): Promise<LoadResult> {
  return loadPipeline({
    file: 'pipeline.yaml',
    files: memoryFiles(files),
    registry: registryOf(TOYS),
    params: {},
    sets: [],
    env: {},
    secret: async () => undefined,
    tokens: TEST_TOKENS,
    settingsRoots: ['configs', 'configs/strategies'],
    ...options,
  })
}

const RUN = `pipeline: demo
summary: Runs.
params:
  type: {enum: [calendar, follow], default: calendar}
  config: {format: path}
  slippage: {type: integer, default: 50}
settings: {$file: "\${params.config}"}
nodes:
  out: {sink: console, from: [plan, swap]}
  swap: {execution: swap, from: plan, with: {slippageBps: "\${params.slippage}"}}
  plan: {strategy: "\${params.type}", with: "\${settings}"}
`
const DCA = { 'pipeline.yaml': RUN, 'configs/strategies/dca.json': '{"spend": "10 USDC", "slots": 12}' }

describe('a bound pipeline', () => {
  it('has its nodes with givers first, and their configurations with defaults', async () => {
    const pipeline = await load(DCA, { params: { config: 'dca.json' } })
    expect(pipeline).toMatchObject({ name: 'demo', summary: 'Runs.', file: 'pipeline.yaml' })
    expect(pipeline.params).toEqual({ type: 'calendar', config: 'dca.json', slippage: 50 })
    expect(pipeline.nodes.map(({ id, from }) => ({ id, from }))).toEqual([
      { id: 'plan', from: [] },
      { id: 'swap', from: ['plan'] },
      { id: 'out', from: ['plan', 'swap'] },
    ])
    expect(pipeline.nodes.map(one => one.config)).toEqual([
      { spend: '10 USDC', slots: 12, buy: 'SOL' },
      { slippageBps: 50, venues: ['jupiter'], simulate: true },
      {},
    ])
    expect(pipeline.nodes[0]?.place).toEqual({ file: 'pipeline.yaml', line: 11, column: 3 })
  })

  it('is frozen to the bottom', async () => {
    const { nodes, params } = await load(DCA, { params: { config: 'dca.json' } })
    const config = nodes[1]?.config as { venues: string[] }
    expect(() => config.venues.push('orca')).toThrow(TypeError)
    expect(Object.isFrozen(params) && Object.isFrozen(nodes) && nodes.every(Object.isFrozen)).toBe(true)
  })

  it('takes the text of a flag as the type of its field', async () => {
    const { nodes } = await load(DCA, { params: { config: 'dca.json', slippage: '75' } })
    expect(nodes[1]?.config).toMatchObject({ slippageBps: 75 })
  })

  it('tells what --param gave as --param, a param and a setting', async () => {
    const { diagnostics: told } = await attempt(DCA, {
      params: { config: 'dca.json', slippage: 'much' },
      sets: ['slots=few', 'spend=1 FOO'],
      varied: ['slippage', 'slots'],
    })
    expect(told.map(({ file }) => file).toSorted()).toEqual(['--param slippage', '--param slots', '--set spend'])
  })

  it('asks whether a --param that nothing reads was meant for a param', async () => {
    const fixed = RUN.replace(/^settings:.*$/m, 'settings: {spend: 10 USDC}').replace(
      '"${settings}"',
      '{spend: "${settings.spend}"}',
    )
    const { diagnostics } = await attempt({ 'pipeline.yaml': fixed }, { sets: ['slipage=5'], varied: ['slipage'] })
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'CONFIG_SET_UNKNOWN',
        file: '--param slipage',
        hint: 'did you mean "slippage"?',
      }),
    )
  })

  it('names a --param that is none also where another is missing', async () => {
    const { diagnostics: told } = await attempt(DCA, {
      sets: ['cofnig=dca.json', 'levels=5'],
      varied: ['cofnig', 'levels'],
    })
    expect(told.map(({ code, severity, file, hint }) => [code, severity, file, hint])).toEqual([
      ['CONFIG_PARAM_MISSING', 'error', 'pipeline.yaml', 'give --config'],
      ['CONFIG_PARAM_UNKNOWN', 'error', '--param cofnig', 'did you mean "config"?'],
      ['CONFIG_PARAM_UNKNOWN', 'warning', '--param levels', expect.stringContaining('its params: type, config')],
    ])
  })

  it('takes single settings by --set, lists too', async () => {
    const { nodes } = await load(DCA, { params: { config: 'dca.json' }, sets: ['slots=3', 'spend=25 USDC'] })
    expect(nodes[0]?.config).toEqual({ spend: '25 USDC', slots: 3, buy: 'SOL' })
    const lists = {
      'pipeline.yaml': RUN.replace('slippageBps: "${params.slippage}"', 'venues: "${settings.venues}"')
        .replace('with: "${settings}"', 'with: {spend: 10 USDC}')
        .replace('settings: {$file: "${params.config}"}', 'settings: {}'),
    }
    const listed = await load(lists, { sets: ['venues=[orca, raydium]'] })
    expect(listed.nodes[1]?.config).toMatchObject({ venues: ['orca', 'raydium'] })
  })

  it('finds a settings file as given, then below each root', async () => {
    const both = { ...DCA, 'dca.json': '{"spend": "1 SOL"}' }
    expect((await load(both, { params: { config: 'dca.json' } })).nodes[0]?.config).toMatchObject({ spend: '1 SOL' })
    expect((await load(DCA, { params: { config: 'dca.json' } })).nodes[0]?.config).toMatchObject({ spend: '10 USDC' })
  })

  it('lets a settings file name its schema', async () => {
    const files = { ...DCA, 'dca.json': '{"$schema": "../schemas/strategies/dca.schema.json", "spend": "1 SOL"}' }
    expect((await load(files, { params: { config: 'dca.json' } })).nodes[0]?.config).toMatchObject({ spend: '1 SOL' })
  })

  it('keeps the digits of a price that is written as a number', async () => {
    const { nodes } = await load({
      'pipeline.yaml':
        'pipeline: demo\nnodes:\n  plan: {strategy: calendar, with: {spend: 1 SOL, maxPrice: 140.10}}\n  out: {sink: console, from: plan}\n',
    })
    expect(nodes[0]?.config).toMatchObject({ maxPrice: '140.10' })
  })

  it('leaves out a field whose optional param was not given', async () => {
    const text =
      'pipeline: demo\nparams: {slots: {type: integer, required: false}}\nnodes:\n  plan: {strategy: calendar, with: {spend: 1 SOL, slots: "${params.slots}"}}\n  out: {sink: console, from: plan}\n'
    expect((await load({ 'pipeline.yaml': text })).nodes[0]?.config).toEqual({ spend: '1 SOL', buy: 'SOL' })
    expect((await load({ 'pipeline.yaml': text }, { params: { slots: '2' } })).nodes[0]?.config).toMatchObject({
      slots: 2,
    })
  })

  it('writes a doubled dollar as a plain one', async () => {
    const text =
      'pipeline: demo\nnodes:\n  plan: {strategy: calendar, with: {spend: 1 SOL}}\n  swap: {execution: swap, from: plan}\n  out: {sink: webhook, from: swap, with: {url: "https://x.example/$${a}"}}\n'
    expect((await load({ 'pipeline.yaml': text })).nodes[2]?.config).toEqual({ url: 'https://x.example/${a}' })
  })

  it('has the policies of its edges and errors, by default skip for sinks and stop for others', async () => {
    const text =
      'pipeline: demo\nnodes:\n  in: {source: quotes}\n  bars: {signal: candles, from: in, edge: {whenFull: conflate}, onError: {retry: 4, backoff: 250ms}}\n  cross: {signal: cross, from: bars, onError: skip}\n  plan: {strategy: follow, from: cross, with: {spend: 1 SOL}}\n  out: {sink: console, from: [in, plan], onError: retry}\n  log: {sink: console, from: in, edge: {buffer: 10}}\n'
    const { nodes } = await load({ 'pipeline.yaml': text })
    expect(nodes.map(one => one.onError)).toEqual([
      { action: 'stop' },
      { action: 'retry', attempts: 4, backoff_ms: 250 },
      { action: 'skip' },
      { action: 'stop' },
      { action: 'retry', attempts: 3, backoff_ms: 1000 },
      { action: 'skip' },
    ])
    expect(nodes[1]?.edge).toEqual({ buffer: 64, whenFull: 'conflate' })
    expect(nodes.at(-1)?.edge).toEqual({ buffer: 10 })
    expect(nodes[2]).not.toHaveProperty('edge')
  })
})

describe('the page about the format', () => {
  it('shows a pipeline and a fragment that are right', async () => {
    const page = readFileSync(new URL('../../core/config/README.md', import.meta.url), 'utf8')
    const files = Object.fromEntries(
      [...page.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)].map(([, name = '', text = '']) => [name, text]),
    )
    const { nodes } = await load(files)
    expect(nodes.map(({ id, from }) => `${id} < ${from.join(' ')}`)).toEqual([
      'prices < ',
      'plan.candles < prices',
      'plan.cross < plan.candles',
      'plan.follow < plan.cross',
      'monthly < ',
      'swap < plan.follow monthly',
      'chart < prices plan.candles',
      'out < swap',
    ])
    expect(nodes.find(one => one.id === 'monthly')?.config).toEqual({ spend: '1 SOL', buy: 'SOL' })
  })
})

describe('fragments', () => {
  const files: Files = {
    'pipelines/run.yaml':
      'pipeline: demo\nsettings: {spend: 5 USDC}\nnodes:\n  in: {source: quotes}\n  plan: {$nodes: strategies/follow.yaml, from: in, with: {fast: 5}}\n  swap: {execution: swap, from: plan}\n  out: {sink: console, from: [swap, plan.prices]}\n',
    'pipelines/strategies/follow.yaml':
      'fragment: follow\nparams:\n  fast: {type: integer}\n  slow: {type: integer, default: 30}\ninputs: {prices: What it follows.}\noutputs: {default: follow, prices: $prices}\nnodes:\n  trend: {$nodes: ../signals/trend.yaml, from: $prices, with: {fast: "${params.fast}", slow: "${params.slow}"}}\n  follow: {strategy: follow, from: trend, with: {spend: "${settings.spend}"}}\n',
    'pipelines/signals/trend.yaml':
      'fragment: trend\nparams: {fast: {type: integer}, slow: {type: integer}}\ninputs: {in: Prices.}\noutputs: {default: cross}\nnodes:\n  bars: {signal: candles, from: $in}\n  cross: {signal: cross, from: bars, with: {fast: "${params.fast}", slow: "${params.slow}"}}\n',
  }

  it('bring their nodes, wired through their ports, also inside each other', async () => {
    const { nodes } = await load(files, { file: 'pipelines/run.yaml' })
    expect(nodes.map(({ id, from }) => ({ id, from }))).toEqual([
      { id: 'in', from: [] },
      { id: 'plan.trend.bars', from: ['in'] },
      { id: 'plan.trend.cross', from: ['plan.trend.bars'] },
      { id: 'plan.follow', from: ['plan.trend.cross'] },
      { id: 'swap', from: ['plan.follow'] },
      { id: 'out', from: ['swap', 'in'] },
    ])
  })

  it('have params of their own, and the settings of the pipeline', async () => {
    const { nodes } = await load(files, { file: 'pipelines/run.yaml' })
    expect(nodes[2]?.config).toEqual({ fast: 5, slow: 30 })
    expect(nodes[3]?.config).toMatchObject({ spend: '5 USDC' })
  })

  it('of a single node are that node', async () => {
    const { nodes } = await load({
      'pipeline.yaml': 'pipeline: demo\nnodes:\n  plan: {$nodes: dca.yaml}\n  out: {sink: console, from: plan}\n',
      'dca.yaml': 'fragment: dca\nnodes:\n  dca: {strategy: calendar, with: {spend: 1 SOL}}\n',
    })
    expect(nodes.map(one => one.id)).toEqual(['plan', 'out'])
    expect(nodes[0]?.place).toEqual({ file: 'dca.yaml', line: 3, column: 3 })
  })

  it('may leave an optional input unwired', async () => {
    const { nodes } = await load({
      'pipeline.yaml':
        'pipeline: demo\nnodes:\n  in: {source: quotes}\n  show: {$nodes: show.yaml, ports: {main: in}}\n',
      'show.yaml':
        'fragment: show\ninputs: {main: {description: Prices.}, more: {optional: true}}\nnodes:\n  out: {sink: console, from: [$main, $more]}\n',
    })
    expect(nodes[1]).toMatchObject({ id: 'show', from: ['in'] })
  })
})

describe('secrets', () => {
  const files = {
    'pipeline.yaml':
      'pipeline: demo\nnodes:\n  plan: {strategy: calendar, with: {spend: 1 SOL}}\n  swap: {execution: swap, from: plan}\n  out: {sink: webhook, from: swap, with: {url: "${secret.HOOK}", headers: {auth: "Bearer ${secret.KEY}", kind: plain}}}\n',
  }
  const values: Readonly<Record<string, string>> = { HOOK: 'https://x.example/s3cr3t', KEY: 'k3y-12345' }
  const secret = async (name: string): Promise<string | undefined> => values[name]

  it('reach the plugin as plain texts', async () => {
    const { nodes } = await load(files, { secret })
    const config = nodes[2]?.config as { url: string; headers: Record<string, string> }
    expect(config.url).toBe('https://x.example/s3cr3t')
    expect({ ...config.headers }).toEqual({ auth: 'Bearer k3y-12345', kind: 'plain' })
  })

  it('are in nothing that prints the pipeline', async () => {
    const pipeline = await load(files, { secret })
    const config = pipeline.nodes[2]?.config
    const printed = [
      JSON.stringify(pipeline),
      inspect(pipeline, { depth: 10 }),
      inspect(config, { customInspect: false, depth: 10, showHidden: true }),
      String(config),
    ].join('\n')
    expect(printed).not.toMatch(/s3cr3t|k3y-12345/)
    expect(JSON.parse(JSON.stringify(config))).toEqual({ url: '***', headers: { auth: '***', kind: 'plain' } })
  })

  it('that can not be read are told, with the reason', async () => {
    const { pipeline, diagnostics } = await loadPipeline({
      file: 'pipeline.yaml',
      files: memoryFiles(files),
      registry: registryOf(TOYS),
      params: {},
      sets: [],
      env: {},
      secret: async name => {
        throw new Error(`the store of ${name} is locked`)
      },
      settingsRoots: [],
    })
    expect(pipeline).toBeUndefined()
    expect(diagnostics.map(one => `${one.code} ${one.message}`)).toEqual([
      'CONFIG_SECRET_MISSING the secret "HOOK" can not be read: the store of HOOK is locked',
      'CONFIG_SECRET_MISSING the secret "KEY" can not be read: the store of KEY is locked',
    ])
  })

  it('are taken out of other texts by the redactor that comes with the pipeline', async () => {
    const { redact } = await loadPipeline({
      file: 'pipeline.yaml',
      files: memoryFiles(files),
      registry: registryOf(TOYS),
      params: {},
      sets: [],
      env: {},
      secret,
      settingsRoots: [],
    })
    expect(redact('POST https://x.example/s3cr3t with k3y-12345')).toBe('POST *** with ***')
  })
})

describe('wallets', () => {
  const files = {
    'flows/pipeline.yaml': `pipeline: demo
params: {mine: {type: string, required: false, default: given.json}}
wallets:
  near: {file: near.json}
  mine: {file: "\${params.mine}"}
  hot: {secret: "\${secret.HOT}", derivation: raw}
nodes:
  plan: {strategy: calendar, with: {spend: 10 USDC}}
  limits: {order: limits, from: plan}
  swap: {execution: swap, from: limits, wallet: near}
  b: {strategy: calendar, with: {spend: 10 USDC}}
  swapB: {execution: swap, from: b, wallet: mine}
  c: {strategy: calendar, with: {spend: 10 USDC}}
  swapC: {execution: swap, from: c, wallet: hot}
  d: {strategy: calendar, with: {spend: 10 USDC}}
  swapD: {execution: swap, from: d}
`,
  }
  const options = { file: 'flows/pipeline.yaml', secret: async () => 'five five five' }

  it('are where the file says, or as a flag gives them; secrets are for who opens the wallet alone', async () => {
    const { wallets } = await load(files, options)
    expect(wallets?.['near']).toEqual({ file: 'flows/near.json' })
    expect(wallets?.['mine']).toEqual({ file: 'given.json' })
    expect(wallets?.['hot']?.secret).toBe('five five five')
    expect(JSON.stringify(wallets) + inspect(wallets, { depth: 9 })).not.toContain('five')
  })

  it('are those of the executions, and of every node whose intents reach them', async () => {
    const { nodes } = await load(files, options)
    expect(Object.fromEntries(nodes.map(({ id, wallet }) => [id, wallet]))).toEqual({
      plan: 'near',
      limits: 'near',
      swap: 'near',
      b: 'mine',
      swapB: 'mine',
      c: 'hot',
      swapC: 'hot',
      d: undefined,
      swapD: undefined,
    })
  })

  it('are not there in a pipeline that names none', async () => {
    const pipeline = await load(DCA, { params: { config: 'dca.json' } })
    expect(Object.hasOwn(pipeline, 'wallets')).toBe(false)
    expect(pipeline.nodes.some(node => Object.hasOwn(node, 'wallet'))).toBe(false)
  })
})

describe('a plugin that is missed', () => {
  it('is told with what stood in the way of plugins that are installed', async () => {
    const error = new ForgeError('PLUGIN_API_MISMATCH', { message: 'bad.js is written for plugin api 2' })
    const { diagnostics } = await loadPipeline({
      file: 'pipeline.yaml',
      files: memoryFiles({ 'pipeline.yaml': 'pipeline: demo\nsummary: S.\nnodes: {odd: {signal: bad, from: odd}}\n' }),
      registry: { ...registryOf(TOYS), problems: [{ path: 'bad.js', error }] },
      params: {},
      sets: [],
      env: {},
      secret: async () => undefined,
      settingsRoots: [],
    })
    expect(diagnostics.find(({ code }) => code === 'PLUGIN_UNKNOWN')?.hint).toContain(
      'not loaded: bad.js is written for plugin api 2',
    )
  })
})
