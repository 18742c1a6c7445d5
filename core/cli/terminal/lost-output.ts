import { ERROR_CODES } from '../../errors/codes.ts'
import { ForgeError, messageOf } from '../../errors/forge-error.ts'

/**
 * Takes over what becomes of output that can not be written. Who reads through a pipe may stop, as `head` does: that is no
 * failure. A full disk is one, told once, and in the exit code; what runs goes on, for money may be on its way.
 */
export function watchOutput(): void {
  let isLost = false
  // The listener of oclif throws, which would end a run in the middle of a trade.
  process.stdout.removeAllListeners('error')
  process.stdout.on('error', (thrown: NodeJS.ErrnoException) => {
    if (isLost || thrown.code === 'EPIPE') return
    isLost = true
    const message = `what is printed is lost: ${messageOf(thrown)}`
    const remedy = 'Free space where the output goes; the data directory has everything that was traded.'
    void import('./failure.ts').then(({ renderFailure }) =>
      renderFailure(new ForgeError('FILE_REFUSED', { message, remedy }), { json: false }),
    )
  })
  // Nowhere is left to say it.
  process.stderr.on('error', () => undefined)
  // The last that is printed may be refused when the command is over.
  process.once('exit', code => {
    if (isLost && code === 0) process.exitCode = ERROR_CODES.FILE_REFUSED.exit
  })
}
