import { readFile, writeFile } from 'node:fs/promises'
import { Plugin } from '@oclif/core'
import { packageFile, packageRoot } from '../app/package-root.ts'
import { COMMANDS, prebuiltNames } from './commands.ts'
import { RUN_FLAGS } from './flags/common-flags.ts'
import { readPipelineFlags } from './flags/pipeline-flags.ts'

/** What `--help` reads instead of the commands: `oclif.manifest.json`. */
async function manifestText(): Promise<string> {
  for (const name of prebuiltNames()) {
    const { list, params, summary } = await readPipelineFlags(packageFile('pipelines', `${name}.yaml`))
    Object.assign(COMMANDS[name]!, { flags: { ...params, ...list, ...(COMMANDS[name]!.flags ?? RUN_FLAGS) }, summary })
  }
  const pjson = JSON.parse(await readFile(packageFile('package.json'), 'utf8')) as {
    oclif: { commands: { target: string } }
  }
  // Straight from the sources, so that it needs no build.
  pjson.oclif.commands.target = './core/cli/commands.ts'
  const plugin = new Plugin({
    root: packageRoot(),
    name: 'sniperforge',
    pjson: pjson as never,
    isRoot: true,
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  return `${JSON.stringify(plugin.manifest, null, 2)}\n`
}

const file = packageFile('oclif.manifest.json')
const text = await manifestText()
if (!process.argv.includes('--check')) await writeFile(file, text)
else if ((await readFile(file, 'utf8')) !== text) {
  process.stderr.write('oclif.manifest.json is stale: run `npm run emit`.\n')
  process.exitCode = 1
}
