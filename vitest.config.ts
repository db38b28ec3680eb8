import { transform } from 'esbuild'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const root = import.meta.dirname

/** Lowers standard (TC39) decorators, which vitest's own transformer leaves in the code. */
function standardDecorators(): Plugin {
  return {
    name: 'standard-decorators',
    enforce: 'pre',
    async transform(code, id) {
      if (!/\/test\/std\/[^?]*\.ts$/.test(id)) return null
      const result = await transform(code, {
        loader: 'ts',
        target: 'es2022',
        sourcefile: id,
        sourcemap: true,
        tsconfigRaw: { compilerOptions: { experimentalDecorators: false } },
      })
      return { code: result.code, map: result.map }
    },
  }
}

export default defineConfig({
  plugins: [standardDecorators()],
  resolve: {
    // 'wideline' is the sources, as under "paths" in tsconfig.json (which vite would not apply to test/std).
    alias: [
      { find: /^wideline$/, replacement: `${root}/src/index.ts` },
      { find: /^wideline\/(audit|testing)$/, replacement: `${root}/src/$1/index.ts` },
      { find: /^wideline\/([\w/]+)$/, replacement: `${root}/integrations/$1/index.ts` },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks', // a process each: tests look at file descriptors, signals, exit codes and allocation
    maxWorkers: 2,
    // The long form of the property tests tries each that many times as often.
    testTimeout: 30_000 * Math.max(1, Number(process.env['WIDELINE_FUZZ'] ?? 1)),
    hookTimeout: 30_000,
    coverage: { provider: 'v8', include: ['src/**', 'integrations/**'], reportsDirectory: 'coverage' },
  },
})
