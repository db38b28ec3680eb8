import type { Provider } from '@nestjs/common'

/** What is used of Nest's own record of a module in an application. */
interface ModuleRecord {
  readonly imports: Set<unknown>
  readonly providers: ReadonlyMap<unknown, unknown>
  addImport(imported: unknown): unknown
  addProvider(provider: Provider): unknown
  addExportedProviderOrModule(token: string): unknown
}

/** What is used of Nest's map of an application's modules. It is replaced on the instance. */
interface ModuleRecords {
  set(token: string, record: ModuleRecord): unknown
}

/** Applications that Nest has scanned. What is loaded later, such as a lazy module, asks for loggers that it did not see. */
const hosts = new Set<WeakRef<ModuleRecord>>()

/** Has an application take loggers that classes ask for from now on, by the module that gives it its loggers. */
export function hostLaterLoggers(host: ModuleRecord, modules: ModuleRecords): void {
  hosts.add(new WeakRef(host))
  const { set } = modules
  modules.set = (token, later) => {
    const { addImport } = later
    // Nest looks for a logger in the order of imports, and puts those of global modules before those of a lazy module itself,
    // such as its feature.
    later.addImport = (imported) => {
      addImport.call(later, imported)
      if (later.imports.delete(host)) later.imports.add(host)
    }
    return set.call(modules, token, later)
  }
}

/** Gives a logger to the applications that have been scanned already. */
export function provideLater(token: string, provider: Provider): void {
  for (const each of hosts) {
    const host = each.deref()
    if (host === undefined) hosts.delete(each)
    else if (!host.providers.has(token)) {
      host.addProvider(provider)
      host.addExportedProviderOrModule(token)
    }
  }
}
