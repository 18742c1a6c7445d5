import { expect, test } from 'vitest'
import { createTerminal } from './terminal.ts'

function screen(options: { isTTY: boolean; columns?: number }) {
  const written: string[] = []
  return { ...options, write: (text: string) => written.push(text), written }
}

test('a line goes above the status, which is written again below it', () => {
  const tty = screen({ isTTY: true })
  const terminal = createTerminal(tty)
  terminal.status('3 of 12')
  terminal.line('bought')
  terminal.clear()
  expect(tty.written.join('')).toBe('3 of 12\r\u001b[2Kbought\n3 of 12\r\u001b[2K')
})

test('a line longer than the terminal goes on below itself', () => {
  const tty = screen({ isTTY: true, columns: 20 })
  createTerminal(tty).line('order 12 was filled at 190')
  expect(tty.written).toEqual(['order 12 was filled\n    at 190\n'])
})

test('without a terminal there is no status, only lines', () => {
  const pipe = screen({ isTTY: false })
  const terminal = createTerminal(pipe)
  terminal.status('3 of 12')
  terminal.line('bought')
  terminal.clear()
  expect(pipe.written.join('')).toBe('bought\n')
})

test('a status longer than the terminal is cut, so that it can be taken away again', () => {
  const tty = screen({ isTTY: true, columns: 10 })
  createTerminal(tty).status('0123456789abc')
  expect(tty.written).toEqual(['01234567…'])
})

test('a status of several parts ends with a whole one', () => {
  const tty = screen({ isTTY: true, columns: 30 })
  createTerminal(tty).status('SOL/USDC 190.5  trigger 180.25  best 193.75')
  expect(tty.written).toEqual(['SOL/USDC 190.5 …'])
})
