// What a proof holds to be true, one line each; ends with "N passed, N failed".

export function verdict() {
  const results = []
  return {
    expectThat(what, good, detail = '') {
      results.push(!!good)
      console.log(`${good ? 'ok' : 'FAILED'} ${what}${detail ? ': ' + detail : ''}`)
    },
    /** Prints the sum and ends the process. */
    finish() {
      const failed = results.filter((good) => !good).length
      console.log(`${results.length - failed} passed, ${failed} failed`)
      process.exit(failed || !results.length ? 1 : 0)
    },
  }
}

/** --name VALUE of the command line over defaults (numbers stay numbers, --flag alone is true); other words under `words`. */
export function optionsOf(defaults) {
  const options = { ...defaults, words: [] }
  for (let args = process.argv.slice(2); args.length; ) {
    const word = args.shift()
    const name = word.replace(/^--/, '')
    if (!word.startsWith('--')) options.words.push(word)
    else if (!(name in defaults)) {
      console.error(`unknown option ${word}`)
      process.exit(2)
    } else if (typeof defaults[name] === 'boolean') options[name] = true
    else options[name] = typeof defaults[name] === 'number' ? Number(args.shift()) : args.shift()
  }
  return options
}
