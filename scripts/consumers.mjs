// Who uses the package, and what each does with it. Its files lie in test/consumers/<folder>. With a lock file it has
// packages of its own; what it borrows is linked from those that are installed here.
const tsc = (name) => `node_modules/${name}/bin/tsc`

const compilers = [
  { version: '5.4', package: 'typescript-5.4' },
  { version: '5.9', package: 'typescript-5.9' },
  { version: '7', package: 'typescript' },
]
const resolutions = [
  { name: 'nodenext', options: ['--module', 'nodenext'] },
  { name: 'node16', options: ['--module', 'node16'] },
  { name: 'bundler', options: ['--module', 'esnext', '--moduleResolution', 'bundler'] },
]
const strict = '--strict --target es2022 --types node --exactOptionalPropertyTypes --outDir'.split(' ')

/** Declarations are checked too, ours and Node's; those of others are as they are. */
const typescript = compilers.flatMap((compiler) =>
  resolutions.map(({ name, options }) => ({
    name: `TypeScript ${compiler.version}, ${name}`,
    isQuick: compiler.version === '7' && name === 'nodenext',
    folder: 'typescript',
    borrows: ['express', '@types', compiler.package],
    steps: [
      {
        name: 'compile',
        args: [tsc(compiler.package), ...options, ...strict, 'out', '--skipLibCheck', '--esModuleInterop', 'shop.ts'],
      },
      { name: 'run', args: ['out/shop.js'] },
    ],
  })),
)

const esbuild = (source, format, file) => ({
  name: `bundle ${source} as ${format}`,
  args: [
    'node_modules/esbuild/bin/esbuild',
    source,
    '--bundle',
    '--minify',
    '--platform=node',
    `--format=${format}`,
    `--outfile=out/${file}`,
    '--log-level=warning',
  ],
})
const runAlone = (file) => ({ name: `run ${file}`, args: [`out/${file}`], isAlone: true })

export const nodes = ['20', '22', '24', '26']

export const consumers = [
  { name: 'ES modules', isQuick: true, folder: 'plain', steps: [{ name: 'run', args: ['main.mjs'] }] },
  { name: 'CommonJS', isQuick: true, folder: 'plain', steps: [{ name: 'run', args: ['main.cjs'] }] },
  ...typescript,
  {
    name: 'esbuild',
    isQuick: true,
    folder: 'plain',
    borrows: ['esbuild'],
    steps: [
      esbuild('main.mjs', 'esm', 'esm.mjs'),
      esbuild('main.mjs', 'cjs', 'cjs.cjs'),
      runAlone('esm.mjs'),
      runAlone('cjs.cjs'),
    ],
  },
  {
    name: 'webpack',
    folder: 'webpack',
    with: ['plain'],
    steps: [{ name: 'bundle', args: ['bundle.mjs'] }, runAlone('main.mjs'), runAlone('main.cjs')],
  },
  {
    name: 'Express 4',
    folder: 'express',
    borrows: [{ from: 'express4', to: 'express' }],
    steps: [{ name: 'run', args: ['main.mjs'] }],
  },
  { name: 'Express 5', folder: 'express', borrows: ['express'], steps: [{ name: 'run', args: ['main.mjs'] }] },
  {
    name: 'nest11',
    folder: 'nest11',
    steps: [
      { name: 'compile', args: [tsc('typescript'), '-p', 'tsconfig.json'] },
      { name: 'Jest', args: ['node_modules/jest/bin/jest.js', '--ci', '--runInBand'] },
    ],
  },
  {
    name: 'nest12',
    folder: 'nest12',
    borrows: ['@nestjs', '@types', 'reflect-metadata', 'rxjs', 'supertest', 'typescript', 'vitest'],
    steps: [
      { name: 'compile', args: [tsc('typescript'), '-p', 'tsconfig.json'] },
      { name: 'run', args: ['dist/src/main.js'] },
      { name: 'vitest', args: ['node_modules/vitest/vitest.mjs', 'run'] },
    ],
  },
  { name: 'opentelemetry', folder: 'opentelemetry', steps: [{ name: 'check', args: ['check.mjs'] }] },
  ...nodes.map((major) => ({
    name: `Node ${major}`,
    node: major,
    folder: 'plain',
    borrows: ['esbuild'],
    steps: [
      { name: 'ES modules', args: ['main.mjs'] },
      { name: 'CommonJS', args: ['main.cjs'] },
      esbuild('main.mjs', 'esm', 'esm.mjs'),
      runAlone('esm.mjs'),
    ],
  })),
]
