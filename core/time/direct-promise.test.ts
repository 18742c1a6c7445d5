import { describe, expect, it } from 'vitest'
import { DirectPromise } from './direct-promise.ts'

describe('a direct promise', () => {
  it('is heard by everyone within the call that settles it, in their order, and once', () => {
    const promise = new DirectPromise<number>()
    const heard: string[] = []
    const listen = (name: string) =>
      promise.hear(
        value => heard.push(`${name} ${value}`),
        () => heard.push(`${name} failed`),
      )
    listen('first')
    listen('second')
    promise.settle(1)
    expect(heard).toEqual(['first 1', 'second 1'])
    promise.settle(2)
    promise.fail(new Error('too late'))
    listen('late')
    expect(heard).toEqual(['first 1', 'second 1', 'late 1'])
  })

  it('tells of a failure the same way', () => {
    const promise = new DirectPromise<number>()
    const heard: unknown[] = []
    promise.hear(
      value => heard.push(value),
      thrown => heard.push(thrown),
    )
    promise.fail('no')
    expect(heard).toEqual(['no'])
  })

  it('can be awaited like any other', async () => {
    const [promise, failing] = [new DirectPromise<number>(), new DirectPromise<number>()]
    const both = Promise.allSettled([promise, failing])
    promise.settle(5)
    failing.fail(new Error('no'))
    expect(await promise).toBe(5)
    expect(await both).toEqual([
      { status: 'fulfilled', value: 5 },
      { status: 'rejected', reason: new Error('no') },
    ])
  })
})
