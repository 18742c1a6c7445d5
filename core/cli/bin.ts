#!/usr/bin/env node
// Read by any Node that knows modules, so that one too old says so instead of failing on syntax: no static imports here.
const needed = [22, 19]
const running = process.versions.node.split('.').map(Number)
const tooOld = running[0]! < needed[0]! || (running[0] === needed[0] && running[1]! < needed[1]!)

if (tooOld) {
  process.stderr.write(
    `sniperforge needs Node ${needed.join('.')} or newer and was started by ${process.versions.node}: ` +
      'start it with npx or an npm script where it is installed (they find the Node it brings), or install a newer Node.\n',
  )
  process.exitCode = 1
} else {
  import('node:module')
    .then(({ enableCompileCache }) => enableCompileCache())
    .then(() => import('./main.ts'))
    .then(({ main }) => main(process.argv.slice(2)))
    .then(exitCode => {
      process.exitCode = exitCode
    })
    .catch((thrown: unknown) => {
      process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`)
      process.exitCode = 1
    })
}

export {}
