// npm run docs:api               writes docs/api, a page for each entry point, from what the public declarations say
// npm run docs:api -- --check    writes nothing, and fails where a page is not what it would write
import fs from 'fs'
import path from 'path'
import { entriesIn, readDeclarations } from './declarations.mjs'
import { filesFor } from './docs-pages.mjs'
import { exitWith, node, root, run } from './run.mjs'

const pages = path.join(root, 'docs', 'api')

async function docs() {
  const built = await run(node(['scripts/build.mjs']))
  if (built !== 0) return built
  const folder = path.join(root, 'dist', 'cjs')
  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
  const files = filesFor(readDeclarations(entriesIn(manifest, folder), folder))
  const stale = Object.entries(files).filter(([name, text]) => read(name) !== text)
  const left = fs.existsSync(pages) ? fs.readdirSync(pages).filter((name) => !(name in files)) : []
  if (process.argv.includes('--check')) {
    for (const name of stale.map(([each]) => each).concat(left))
      process.stderr.write(`docs/api/${name} is out of date\n`)
    if (stale.length + left.length > 0) process.stderr.write('npm run docs:api writes them\n')
    return stale.length + left.length > 0 ? 1 : 0
  }
  fs.mkdirSync(pages, { recursive: true })
  for (const name of left) fs.rmSync(path.join(pages, name))
  for (const [name, text] of stale) fs.writeFileSync(path.join(pages, name), text)
  process.stdout.write(`docs:api: ${Object.keys(files).length} pages in docs/api, ${stale.length} of them changed\n`)
  return 0
}

function read(name) {
  const file = path.join(pages, name)
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined
}

exitWith(docs)
